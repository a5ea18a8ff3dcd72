//! Unguessable names, from the operating system's random source.
//!
//! Sequential addresses have shown every customer's order to anybody who could count (coreshop/CoreShop#2479), and a
//! UUID does not count as unguessable either (OWASP ASVS 5.0, 11.5.1).

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

/// 160 random bits in 32 letters: what opens an order's page or a basket.
pub fn secret() -> String {
    random::<20>()
}

/// 80 random bits in 16 letters: names that open nothing, of attempts and refunds.
pub fn id() -> String {
    random::<10>()
}

fn random<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("an operating system without random numbers cannot run a shop");
    BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
}

/// What people call an order, on paper and on the telephone: `N-7K3QX-2MFAB`.
pub fn order_number() -> String {
    let letters = random::<7>().to_ascii_uppercase();
    format!("N-{}-{}", &letters[..5], &letters[5..10])
}

/// What the database looks a token up by. An index compares byte by byte and so takes longer the better a guess is;
/// over a hash, that tells nothing.
pub fn fingerprint(token: &str) -> String {
    fingerprint_of(token.as_bytes())
}

/// SHA-256 in hexadecimal.
pub fn fingerprint_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_different_and_safe_in_addresses() {
        let (one, other) = (secret(), secret());
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    }

    #[test]
    fn an_order_number_can_be_read_aloud() {
        let number = order_number();
        assert_eq!(number.len(), 13);
        assert!(number.starts_with("N-") && number.as_bytes()[7] == b'-');
    }
}
