//! Money is whole minor units and a currency; nothing in the shop computes with floating point.
//!
//! Minor units are where integrations go wrong: a shop that took every currency for one with cents has charged a
//! hundred times too much or too little in yen (calcom/cal.diy#29984, alexmorrisnz/moodle-paygw_stripe#2).

use serde::{Deserialize, Serialize};
use std::fmt;

/// The currencies of the shop's markets, by their ISO 4217 codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    Jpy,
    Gbp,
    Eur,
}

impl Currency {
    pub const ALL: [Currency; 3] = [Currency::Jpy, Currency::Gbp, Currency::Eur];

    /// The ISO 4217 code, in capitals.
    pub fn code(self) -> &'static str {
        match self {
            Currency::Jpy => "JPY",
            Currency::Gbp => "GBP",
            Currency::Eur => "EUR",
        }
    }

    /// How many decimal digits the minor unit has (ISO 4217): none for the yen.
    pub fn exponent(self) -> u32 {
        match self {
            Currency::Jpy => 0,
            Currency::Gbp | Currency::Eur => 2,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Currency::Jpy => "¥",
            Currency::Gbp => "£",
            Currency::Eur => "€",
        }
    }

    /// Reads a code in either case: BPC answers in lower case what it was sent in capitals.
    pub fn from_code(code: &str) -> Option<Currency> {
        Currency::ALL.into_iter().find(|currency| currency.code().eq_ignore_ascii_case(code))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (yen, pence, cents). Two amounts are equal only in the same currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Money {
        Money::new(0, currency)
    }

    /// `None` when the currencies differ or the sum does not fit.
    pub fn plus(self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        Some(Money::new(self.minor.checked_add(other.minor)?, self.currency))
    }

    /// `None` when the product does not fit.
    pub fn times(self, quantity: i64) -> Option<Money> {
        Some(Money::new(self.minor.checked_mul(quantity)?, self.currency))
    }
}

impl Money {
    /// Major units as a decimal number, for a provider that counts so: `4.35`, `1200` in yen. Exact.
    pub fn to_decimal(self) -> String {
        let (whole, fraction) = self.parts();
        format!("{}{whole}{fraction}", if self.minor < 0 { "-" } else { "" })
    }

    /// Without its sign: whole major units, and `.05` for what is left; nothing where the currency has no decimals.
    fn parts(self) -> (u64, String) {
        let (magnitude, digits) = (self.minor.unsigned_abs(), self.currency.exponent() as usize);
        let unit = 10_u64.pow(self.currency.exponent());
        let fraction = if digits == 0 { String::new() } else { format!(".{:0digits$}", magnitude % unit) };
        (magnitude / unit, fraction)
    }

    /// Reads `4.35`, `4.350`, `4` and `1.2e1`, never through floating point, which knows no 4.35. `None` for anything that
    /// is no such number, or has more decimals than the currency and not only noughts, or does not fit.
    pub fn from_decimal(text: &str, currency: Currency) -> Option<Money> {
        let (number, power) = match text.split_once(['e', 'E']) {
            Some((number, power)) => (number, power.parse::<i32>().ok().filter(|power| (-30..=30).contains(power))?),
            None => (text, 0),
        };
        let (number, negative) = number.strip_prefix('-').map_or((number, false), |rest| (rest, true));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) || number.len() > 40 {
            return None;
        }
        let shift = power + i32::try_from(currency.exponent()).ok()? - i32::try_from(fraction.len()).ok()?;
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = 10_i128.checked_pow(shift.unsigned_abs())?;
        let minor = match shift {
            0.. => digits.checked_mul(scale)?,
            _ if digits % scale == 0 => digits / scale,
            _ => return None,
        };
        Some(Money::new(i64::try_from(if negative { -minor } else { minor }).ok()?, currency))
    }
}

/// As a shopper reads it: `¥1,200`, `£12.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = self.parts();
        let sign = if self.minor < 0 { "−" } else { "" };
        write!(f, "{sign}{}{}{fraction}", self.currency.symbol(), grouped(whole))
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_yen_has_no_decimals_and_the_others_have_two() {
        assert_eq!(Money::new(1_234_567, Currency::Jpy).to_string(), "¥1,234,567");
        assert_eq!(Money::new(1_205, Currency::Gbp).to_string(), "£12.05");
        assert_eq!(Money::new(5, Currency::Eur).to_string(), "€0.05");
        assert_eq!(Money::new(-100_000, Currency::Eur).to_string(), "−€1,000.00");
        assert_eq!(Money::new(i64::MIN, Currency::Jpy).to_string(), "−¥9,223,372,036,854,775,808");
    }

    #[test]
    fn decimals_are_exact_there_and_back() {
        for minor in (-12_000..12_000).chain([i64::MAX, i64::MIN, 435, 30, 100_000_000_001]) {
            for currency in Currency::ALL {
                let money = Money::new(minor, currency);
                assert_eq!(Money::from_decimal(&money.to_decimal(), currency), Some(money), "{}", money.to_decimal());
            }
        }
        assert_eq!(Money::new(435, Currency::Eur).to_decimal(), "4.35");
        assert_eq!(Money::new(5, Currency::Eur).to_decimal(), "0.05");
        assert_eq!(Money::new(1200, Currency::Jpy).to_decimal(), "1200");
    }

    #[test]
    fn a_decimal_is_read_in_every_notation_of_json_and_nothing_else_is() {
        let euro = |text| Money::from_decimal(text, Currency::Eur).map(|money| money.minor);
        for (text, minor) in
            [("4.35", 435), ("4.350", 435), ("10", 1000), ("10.0", 1000), ("1e1", 1000), ("43.5E-1", 435)]
        {
            assert_eq!(euro(text), Some(minor), "{text}");
        }
        for text in [
            "4.355",
            "",
            ".5",
            "5.",
            "4,35",
            "NaN",
            "0x10",
            "1e99",
            "1e-2147483648",
            "+1",
            " 1",
            "--1",
            "9223372036854775808",
        ] {
            assert_eq!(euro(text), None, "{text}");
        }
        assert_eq!(Money::from_decimal("1200.5", Currency::Jpy), None);
    }

    #[test]
    fn sums_and_products_refuse_what_they_cannot_hold() {
        let (yen, pound) = (Money::new(1, Currency::Jpy), Money::new(1, Currency::Gbp));
        assert_eq!(yen.plus(pound), None);
        assert_eq!(Money::new(i64::MAX, Currency::Jpy).plus(yen), None);
        assert_eq!(Money::new(i64::MAX, Currency::Jpy).times(2), None);
        assert_eq!(pound.times(3), Some(Money::new(3, Currency::Gbp)));
    }
}
