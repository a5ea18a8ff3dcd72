//! Names and secrets, drawn from the operating system.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

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

/// So many random bytes in URL-safe base64, without padding: 16 make 22 letters.
pub fn url_safe(bytes: usize) -> String {
    BASE64URL_NOPAD.encode(&random(bytes))
}

/// So many random bytes in hexadecimal.
pub fn hexadecimal(bytes: usize) -> String {
    HEXLOWER.encode(&random(bytes))
}

/// A random UUID: `19e4535e-ef6e-48e2-90be-d2b313c1cefd`.
pub fn uuid() -> String {
    let mut bytes = random(16);
    // Version 4, variant 1: RFC 9562, section 5.4.
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

    #[test]
    fn a_uuid_says_that_it_is_random() {
        let uuid = super::uuid();
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        assert_eq!(super::url_safe(16).len(), 22);
    }
}
