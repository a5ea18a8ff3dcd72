//! Names and secrets, drawn from the operating system.

/// A fresh name as KOMOJU makes them: 25 small letters and digits.
pub fn id() -> String {
    letters(25, b"abcdefghijklmnopqrstuvwxyz0123456789")
}

/// A secret that says what it is for: `whsec_` and 40 letters and digits.
pub fn secret(prefix: &str) -> String {
    format!("{prefix}{}", letters(40, b"abcdefghijklmnopqrstuvwxyz0123456789"))
}

/// As many random digits as asked for.
pub fn digits(count: usize) -> String {
    letters(count, b"0123456789")
}

fn letters(count: usize, alphabet: &[u8]) -> String {
    let mut bytes = vec![0_u8; count];
    // Without randomness the operating system could not have opened a socket for us either.
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_have_the_length_and_the_letters_of_the_provider_and_differ() {
        let name = super::id();
        assert_eq!(name.len(), 25);
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert_ne!(name, super::id());
    }
}
