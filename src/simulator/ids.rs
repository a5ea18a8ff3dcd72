//! Names and secrets, drawn from the operating system.

use data_encoding::HEXLOWER;

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

/// A random UUID (version 4) in small letters.
pub fn uuid() -> String {
    let mut bytes = random(16);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn letters(count: usize, alphabet: &[u8]) -> String {
    random(count).iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}

fn random(count: usize) -> Vec<u8> {
    let mut bytes = vec![0_u8; count];
    // Without randomness the operating system could not have opened a socket for us either.
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    bytes
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
