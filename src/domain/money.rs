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

/// As a shopper reads it: `¥1,200`, `£12.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u64.pow(self.currency.exponent());
        let magnitude = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "−" } else { "" };
        write!(f, "{sign}{}{}", self.currency.symbol(), grouped(magnitude / unit))?;
        if unit > 1 {
            write!(f, ".{:0width$}", magnitude % unit, width = self.currency.exponent() as usize)?;
        }
        Ok(())
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
    fn sums_and_products_refuse_what_they_cannot_hold() {
        let (yen, pound) = (Money::new(1, Currency::Jpy), Money::new(1, Currency::Gbp));
        assert_eq!(yen.plus(pound), None);
        assert_eq!(Money::new(i64::MAX, Currency::Jpy).plus(yen), None);
        assert_eq!(Money::new(i64::MAX, Currency::Jpy).times(2), None);
        assert_eq!(pound.times(3), Some(Money::new(3, Currency::Gbp)));
    }
}
