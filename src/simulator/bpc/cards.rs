//! BPC's test cards: what each number does.
//!
//! Expiry and CVC must be the card's own. The dates are the published ones and are never compared with the clock: half
//! of them end with 2026, and the cards are to work afterwards too.

/// The CVC of every test card.
pub const CVC: &str = "123";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Without 3-D Secure.
    Accepted,
    /// 3-D Secure without a question.
    Frictionless,
    /// 3-D Secure with a bank that does not take part.
    Attempt,
    /// 3-D Secure with a page that has the buttons Success and Fail.
    Challenge,
    /// 3-D Secure without a question, refused.
    Refused,
}

impl Kind {
    /// What the list of test cards says about it.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Accepted => "accepted, without 3-D Secure",
            Kind::Frictionless => "3-D Secure, accepted without a question",
            Kind::Attempt => "3-D Secure, accepted although the bank takes no part",
            Kind::Challenge => "3-D Secure, asks: Success or Fail",
            Kind::Refused => "3-D Secure, declined without a question",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Card {
    pub number: &'static str,
    /// `MM/YY`.
    pub expiry: &'static str,
    pub kind: Kind,
}

const fn card(number: &'static str, expiry: &'static str, kind: Kind) -> Card {
    Card { number, expiry, kind }
}

/// The published test cards, without the one for 3-D Secure 1, which has been switched off everywhere.
pub const ALL: [Card; 5] = [
    card("4444555511113333", "12/26", Kind::Accepted),
    card("4111111111111111", "12/26", Kind::Frictionless),
    card("4000001111111118", "12/30", Kind::Attempt),
    card("5555555555555599", "12/34", Kind::Challenge),
    card("5168494895055780", "12/26", Kind::Refused),
];

/// What a try with a card comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Paid,
    Challenge,
    Declined(&'static str),
}

/// `None` when the number is a slip of the finger: the page refuses it before anything is tried.
pub fn judge(number: &str, expiry: &str, cvc: &str) -> Option<Verdict> {
    let number = digits(number);
    if !(12..=19).contains(&number.len()) || !is_sound(&number) {
        return None;
    }
    let Some(card) = ALL.iter().find(|card| card.number == number) else {
        return Some(Verdict::Declined("This is not a test card."));
    };
    if digits(cvc) != CVC {
        return Some(Verdict::Declined("The security code is wrong."));
    }
    if month_and_year(expiry) != month_and_year(card.expiry) {
        return Some(Verdict::Declined("The expiry date is wrong."));
    }
    Some(match card.kind {
        Kind::Accepted | Kind::Frictionless | Kind::Attempt => Verdict::Paid,
        Kind::Challenge => Verdict::Challenge,
        Kind::Refused => Verdict::Declined("The bank declined the card."),
    })
}

/// `12/26`, `12 / 2026` → (12, 26); `None` for what is no date.
pub fn month_and_year(text: &str) -> Option<(u32, u32)> {
    let (month, year) = text.split_once('/')?;
    let (month, year) = (month.trim().parse::<u32>().ok()?, year.trim().parse::<u32>().ok()?);
    ((1..=12).contains(&month) && (year < 100 || (2000..2100).contains(&year))).then_some((month, year % 100))
}

pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Luhn's check digit (ISO/IEC 7812-1).
fn is_sound(digits: &str) -> bool {
    let value = |(place, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0');
        let doubled = if place % 2 == 1 { digit * 2 } else { digit };
        if doubled > 9 { doubled - 9 } else { doubled }
    };
    digits.bytes().rev().enumerate().map(value).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_card_has_a_sound_number_and_does_what_it_says() {
        for card in ALL {
            let verdict = judge(card.number, card.expiry, CVC).unwrap();
            let expected = match card.kind {
                Kind::Challenge => Verdict::Challenge,
                Kind::Refused => Verdict::Declined("The bank declined the card."),
                Kind::Accepted | Kind::Frictionless | Kind::Attempt => Verdict::Paid,
            };
            assert_eq!(verdict, expected, "{}", card.number);
        }
    }

    #[test]
    fn a_wrong_code_or_date_or_an_unknown_card_is_declined_and_a_slip_of_the_finger_is_no_try() {
        let declined = |verdict| matches!(verdict, Some(Verdict::Declined(_)));
        assert!(declined(judge("4444 5555 1111 3333", "12/26", "000")));
        assert!(declined(judge("4444 5555 1111 3333", "10/35", "123")));
        assert!(declined(judge("4242424242424242", "12/26", "123")));
        assert_eq!(judge("4111111111111112", "12/26", "123"), None);
        assert_eq!(judge("", "12/26", "123"), None);
        assert_eq!(judge("4444-5555-1111-3333", "12 / 2026", "123"), Some(Verdict::Paid));
    }
}
