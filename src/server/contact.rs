//! Whether a checkout's contact can be used: an address for the receipt's link, a name, and for a parcel where it goes.

use crate::domain::{Contact, Problem};

/// Longer than any real field, in characters.
const LONGEST: usize = 200;
/// RFC 5321, 4.5.3.1.3: a path of 256 octets with its two angle brackets.
const LONGEST_EMAIL: usize = 254;

/// As typed, without the blanks around it, and no longer than a basket should have to keep.
pub fn trimmed(contact: Contact) -> Contact {
    let trim = |text: String| text.trim().chars().take(LONGEST_EMAIL + 1).collect::<String>();
    Contact {
        email: trim(contact.email),
        name: trim(contact.name),
        street: trim(contact.street),
        city: trim(contact.city),
        postcode: trim(contact.postcode),
        country: trim(contact.country),
    }
}

/// # Errors
/// `Email`, `Name` or `Address`: the first that the shopper has to mend.
pub fn check(contact: &Contact, must_be_posted: bool) -> Result<(), Problem> {
    if !is_email(&contact.email) {
        return Err(Problem::Email);
    }
    if !is_filled(&contact.name) {
        return Err(Problem::Name);
    }
    let address = [&contact.street, &contact.city, &contact.postcode, &contact.country];
    if must_be_posted && !address.into_iter().all(|field| is_filled(field)) {
        return Err(Problem::Address);
    }
    Ok(())
}

/// Not a grammar, only what a slip of the finger gets wrong; whether it exists, nobody but its owner can say.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let has_dots_inside = domain.contains('.') && !domain.split('.').any(str::is_empty);
    text.len() <= LONGEST_EMAIL
        && !local.is_empty()
        && has_dots_inside
        && !domain.contains('@')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_filled(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LONGEST && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(email: &str) -> Contact {
        Contact { email: email.into(), name: "Mika".into(), ..Contact::default() }
    }

    #[test]
    fn an_email_address_has_one_at_sign_and_a_domain_with_a_dot() {
        for good in ["mika@example.com", "m.i+k@shop.example.co.jp", "みか@example.jp"] {
            assert_eq!(check(&contact(good), false), Ok(()), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in
            ["", "mika", "mika@", "@example.com", "mika@example", "a@b@c.com", "mi ka@example.com", "m@a..com", &long]
        {
            assert_eq!(check(&contact(bad), false), Err(Problem::Email), "{bad}");
        }
    }

    #[test]
    fn an_address_is_asked_for_only_when_something_is_posted() {
        let mut contact = contact("mika@example.com");
        assert_eq!(check(&contact, true), Err(Problem::Address));
        contact.street = "1 Curtain Road".into();
        contact.city = "London".into();
        contact.postcode = "EC2A 3AA".into();
        contact.country = "United Kingdom".into();
        assert_eq!(check(&contact, true), Ok(()));
        contact.city = "x".repeat(201);
        assert_eq!(check(&contact, true), Err(Problem::Address), "too long for a label");
        contact.name = String::new();
        assert_eq!(check(&contact, false), Err(Problem::Name));
    }

    #[test]
    fn blanks_around_an_answer_are_not_part_of_it() {
        assert_eq!(trimmed(contact(" mika@example.com\n")).email, "mika@example.com");
    }
}
