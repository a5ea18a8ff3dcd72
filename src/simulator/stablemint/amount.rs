//! Amounts as JSON writes them, read and written digit by digit: a floating-point number would not be the merchant's.

use crate::domain::{Currency, Money};

/// Why a number is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has more decimals than the currency.
    TooFine,
    /// It is negative, or too large to be meant.
    TooFar,
}

/// Reads a JSON number, which is what `text` must be, into minor units.
///
/// # Errors
/// When it cannot be written in whole minor units, or is out of all bounds.
pub fn read(text: &str, currency: Currency) -> Result<Money, Unfit> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().map_err(|_| Unfit::TooFar)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    // Where the decimal point stands, counted in minor units from the end of the digits.
    let decimals = i32::try_from(fraction.len()).map_err(|_| Unfit::TooFar)?;
    let minor_decimals = i32::try_from(currency.exponent()).map_err(|_| Unfit::TooFar)?;
    let shift = exponent.saturating_sub(decimals).saturating_add(minor_decimals);
    if digits.is_empty() {
        return Ok(Money::zero(currency));
    }
    let places = usize::try_from(shift.unsigned_abs()).map_err(|_| Unfit::TooFar)?;
    let minor = if shift >= 0 {
        if places > 18 {
            return Err(Unfit::TooFar);
        }
        format!("{digits}{}", "0".repeat(places))
    } else {
        let kept = digits.len().saturating_sub(places);
        if !digits[kept..].bytes().all(|digit| digit == b'0') || kept == 0 {
            return Err(Unfit::TooFine);
        }
        digits[..kept].to_owned()
    };
    // A minus sign is refused here too.
    let minor = minor.parse::<u64>().ok().and_then(|minor| i64::try_from(minor).ok()).ok_or(Unfit::TooFar)?;
    Ok(Money::new(minor, currency))
}

/// `9.90`, or `9.9` when the shortest form is wanted.
pub fn write(amount: Money, shortest: bool) -> String {
    let exponent = amount.currency.exponent();
    let unit = 10_u64.pow(exponent);
    let magnitude = amount.minor.unsigned_abs();
    if exponent == 0 {
        return magnitude.to_string();
    }
    let written = format!("{}.{:0width$}", magnitude / unit, magnitude % unit, width = exponent as usize);
    if shortest { written.trim_end_matches('0').trim_end_matches('.').to_owned() } else { written }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_to_the_cent_however_it_is_written() {
        for (text, minor) in [
            ("9.99", 999),
            ("0.1", 10),
            ("10", 1_000),
            ("10.00", 1_000),
            ("10.000", 1_000),
            ("1e1", 1_000),
            ("1.25E+2", 12_500),
            ("125e-2", 125),
            ("0", 0),
            ("0.00", 0),
            // The nearest floating-point number is a cent less.
            ("90071992547409.93", 9_007_199_254_740_993),
        ] {
            assert_eq!(read(text, Currency::Eur), Ok(Money::new(minor, Currency::Eur)), "{text}");
        }
        assert_eq!(read("1200", Currency::Jpy), Ok(Money::new(1_200, Currency::Jpy)));
    }

    #[test]
    fn what_is_no_whole_number_of_cents_is_refused() {
        for (text, why) in [
            ("9.999", Unfit::TooFine),
            ("0.001", Unfit::TooFine),
            ("1e-3", Unfit::TooFine),
            ("-1", Unfit::TooFar),
            ("-0.5", Unfit::TooFar),
            ("1e400", Unfit::TooFar),
            ("1e99999999999", Unfit::TooFar),
            ("99999999999999999999", Unfit::TooFar),
        ] {
            assert_eq!(read(text, Currency::Eur), Err(why), "{text}");
        }
        assert_eq!(read("0.5", Currency::Jpy), Err(Unfit::TooFine));
    }

    #[test]
    fn an_amount_is_written_with_its_decimals_or_without_the_idle_ones() {
        for (minor, full, short) in
            [(1_000, "10.00", "10"), (990, "9.90", "9.9"), (5, "0.05", "0.05"), (0, "0.00", "0")]
        {
            let amount = Money::new(minor, Currency::Eur);
            assert_eq!((write(amount, false).as_str(), write(amount, true).as_str()), (full, short));
        }
    }
}
