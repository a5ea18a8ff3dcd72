//! The twenty currencies of KOMOJU, how many decimals each has, and made-up rates to the yen.

use crate::domain::{Currency, Money};

/// Code, decimals of the smallest unit, and what one whole unit costs in hundredths of a yen. The rates are invented,
/// except that a dollar costs what it does in KOMOJU's own test page, so that its numbers can be recognised.
const ALL: [(&str, u32, i64); 20] = [
    ("JPY", 0, 100),
    ("USD", 2, 13_565),
    ("EUR", 2, 16_200),
    ("TWD", 2, 465),
    ("KRW", 0, 11),
    ("PLN", 2, 3_800),
    ("GBP", 2, 19_000),
    ("HKD", 2, 1_740),
    ("SGD", 2, 11_000),
    ("NZD", 2, 8_700),
    ("AUD", 2, 9_600),
    ("IDR", 2, 1),
    ("MYR", 2, 3_300),
    ("PHP", 2, 250),
    ("THB", 2, 430),
    ("CNY", 2, 2_050),
    ("BRL", 2, 2_700),
    ("CHF", 2, 17_000),
    ("CAD", 2, 10_500),
    ("VND", 0, 1),
];

/// The currency's code as KOMOJU writes it; `None` when it does not take it.
pub fn known(code: &str) -> Option<&'static str> {
    find(code).map(|(code, _, _)| *code)
}

pub fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(code, _, _)| *code)
}

/// What an amount in minor units is in yen, rounded to the nearest, and the rate as JSON writes it.
pub fn in_yen(minor: i64, code: &str) -> (i64, serde_json::Number) {
    let (_, exponent, rate) = find(code).unwrap_or(&ALL[0]);
    let unit = 100 * 10_i128.pow(*exponent);
    let yen = (i128::from(minor) * i128::from(*rate) + unit / 2) / unit;
    let written = format!("{}.{:02}", rate / 100, rate % 100);
    let written = written.trim_end_matches('0').trim_end_matches('.');
    let rate = written.parse().unwrap_or_else(|_| serde_json::Number::from(*rate));
    (i64::try_from(yen).unwrap_or(i64::MAX), rate)
}

/// For people: `¥1,200` where the shop's own currencies are concerned, `USD 12.00` otherwise.
pub fn display(minor: i64, code: &str) -> String {
    if let Some(currency) = Currency::from_code(code) {
        return Money::new(minor, currency).to_string();
    }
    let exponent = find(code).map_or(2, |(_, exponent, _)| *exponent);
    let unit = 10_u64.pow(exponent);
    let (sign, magnitude) = (if minor < 0 { "−" } else { "" }, minor.unsigned_abs());
    match exponent {
        0 => format!("{code} {sign}{magnitude}"),
        _ => format!("{code} {sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = exponent as usize),
    }
}

fn find(code: &str) -> Option<&'static (&'static str, u32, i64)> {
    ALL.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_dollars_are_the_yen_of_the_providers_own_test_page() {
        let (yen, rate) = in_yen(6_000, "USD");
        assert_eq!((yen, rate.to_string().as_str()), (8_139, "135.65"));
        assert_eq!(in_yen(1_200, "JPY").0, 1_200);
        assert_eq!(in_yen(1_200, "JPY").1.to_string(), "1");
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(display(1_200, "JPY"), "¥1,200");
        assert_eq!(display(1_205, "USD"), "USD 12.05");
        assert_eq!(display(50_000, "KRW"), "KRW 50000");
    }
}
