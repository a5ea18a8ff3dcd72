//! Dojo's test cards: what each number does. The last two are from an older edition of its documentation.

use serde::{Deserialize, Serialize};

/// What a test card does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Accepted,
    /// 3-D Secure with a question.
    Challenge,
    Declined,
}

impl Kind {
    /// For the list on the hosted page.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Accepted => "Accepted",
            Kind::Challenge => "3-D Secure: a page of the bank asks",
            Kind::Declined => "Declined",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Brand {
    Visa,
    Mastercard,
}

#[derive(Clone, Copy, Debug)]
pub struct Card {
    pub number: &'static str,
    pub kind: Kind,
}

pub const ALL: [Card; 5] = [
    Card { number: "5200000000001005", kind: Kind::Accepted },
    Card { number: "5200000000001096", kind: Kind::Challenge },
    Card { number: "4456530000001013", kind: Kind::Declined },
    Card { number: "4456530000001096", kind: Kind::Challenge },
    Card { number: "5200000000000056", kind: Kind::Accepted },
];

/// What a number does, however it was spaced; `None` when it cannot be a card's number. What becomes of a number that
/// is no test card is not documented: it is declined.
pub fn kind(number: &str) -> Option<Kind> {
    let digits = digits(number)?;
    Some(ALL.iter().find(|card| card.number == digits).map_or(Kind::Declined, |card| card.kind))
}

pub fn brand(number: &str) -> Brand {
    if number.trim_start().starts_with('4') { Brand::Visa } else { Brand::Mastercard }
}

/// `44565300****1096`: all that is kept of a number.
pub fn masked(number: &str) -> String {
    // A number that has been read has twelve digits or more.
    let digits = digits(number).unwrap_or_else(|| "0".repeat(12));
    format!("{}****{}", &digits[..8], &digits[digits.len() - 4..])
}

fn digits(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let possible = (12..=19).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    possible.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_was_spaced_and_kept_without_its_middle() {
        assert_eq!(kind("5200 0000 0000 1005"), Some(Kind::Accepted));
        assert_eq!(kind("4456-5300-0000-1013"), Some(Kind::Declined));
        assert_eq!(kind("4000000000000002"), Some(Kind::Declined));
        assert_eq!(kind("4000"), None);
        assert_eq!(kind("520000000000100x"), None);
        assert_eq!(masked("4456 5300 0000 1096"), "44565300****1096");
        assert_eq!(masked("123456789012"), "12345678****9012");
    }
}
