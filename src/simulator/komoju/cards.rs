//! KOMOJU's test cards: what each number does.

use super::error::Decline;
use super::model::Details;

/// What a test card does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Accepted,
    Declined(Decline),
    /// 3-D Secure without a question.
    Frictionless,
    /// 3-D Secure with a question; the password that is right, `None` when none is.
    Challenge(Option<&'static str>),
    /// 3-D Secure that fails on the way back.
    FailsOnReturn,
}

#[derive(Clone, Copy, Debug)]
pub struct Card {
    pub number: &'static str,
    pub brand: &'static str,
    pub kind: Kind,
}

const fn card(number: &'static str, brand: &'static str, kind: Kind) -> Card {
    Card { number, brand, kind }
}

const PASSWORD: Kind = Kind::Challenge(Some("123456"));

/// The published test cards. Which code belongs to which declined number is partly inferred.
pub const ALL: [Card; 26] = [
    card("4111111111111111", "visa", Kind::Accepted),
    card("5555555555554444", "master", Kind::Accepted),
    card("3530111333300000", "jcb", Kind::Accepted),
    card("378282246310005", "american_express", Kind::Accepted),
    card("30569309025904", "diners_club", Kind::Accepted),
    card("4242424242424242", "visa", Kind::Accepted),
    card("4123111111111000", "visa", Kind::Declined(Decline::InsufficientFunds)),
    card("4123111111111018", "visa", Kind::Declined(Decline::ExceedsLimit)),
    card("4123111111111034", "visa", Kind::Declined(Decline::BadVerificationValue)),
    card("4123111111111042", "visa", Kind::Declined(Decline::CardExpired)),
    card("4123111111111059", "visa", Kind::Declined(Decline::CardDeclined)),
    card("4123111111111067", "visa", Kind::Declined(Decline::InvalidNumber)),
    card("4123111111111075", "visa", Kind::Declined(Decline::InvalidNumber)),
    card("4123111111111083", "visa", Kind::Declined(Decline::Fraudulent)),
    card("4100000000000100", "visa", Kind::Frictionless),
    card("5100000000000107", "master", Kind::Frictionless),
    card("3528000000000106", "jcb", Kind::Frictionless),
    card("4100000000005000", "visa", PASSWORD),
    card("5100000000005007", "master", PASSWORD),
    card("3528000000005006", "jcb", PASSWORD),
    card("4100000000500000", "visa", Kind::FailsOnReturn),
    card("5100000000500007", "master", Kind::FailsOnReturn),
    card("3528000000500006", "jcb", Kind::FailsOnReturn),
    card("4100000000300005", "visa", Kind::Challenge(None)),
    card("5100000000300002", "master", Kind::Challenge(None)),
    card("3528000000300001", "jcb", Kind::Challenge(None)),
];

/// The card with this number, however it was spaced.
pub fn find(number: &str) -> Option<&'static Card> {
    let digits = digits(number);
    ALL.iter().find(|card| card.number == digits)
}

/// What is kept of a card: never its number.
pub fn details(number: &str, month: i64, year: i64, email: Option<String>) -> Details {
    let digits = digits(number);
    let brand = find(number).map_or("visa", |card| card.brand).to_owned();
    let last_four_digits = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default().to_owned();
    Details::CreditCard { email, brand, last_four_digits, month, year }
}

/// The digits alone, also when they were typed in full width.
pub fn digits(number: &str) -> String {
    let narrow = |letter: char| match letter {
        '０'..='９' => char::from_u32(u32::from(letter) - u32::from('０') + u32::from('0')),
        '0'..='9' => Some(letter),
        _ => None,
    };
    number.chars().filter_map(narrow).collect()
}

impl Kind {
    /// What the list of test cards says about it.
    pub fn describe(self) -> String {
        match self {
            Kind::Accepted => "accepted".to_owned(),
            Kind::Declined(decline) => format!("declined: {}", decline.code()),
            Kind::Frictionless => "3-D Secure, accepted without a question".to_owned(),
            Kind::Challenge(Some(password)) => format!("3-D Secure, accepted with the password {password}"),
            Kind::Challenge(None) => "3-D Secure, fails whatever the password (111111)".to_owned(),
            Kind::FailsOnReturn => "3-D Secure, fails without a question".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_found_however_its_number_is_typed() {
        for typed in
            ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "４１１１１１１１１１１１１１１１"]
        {
            assert_eq!(find(typed).unwrap().brand, "visa", "{typed}");
        }
        assert!(find("4000000000000000").is_none());
        assert!(find("").is_none());
    }
}
