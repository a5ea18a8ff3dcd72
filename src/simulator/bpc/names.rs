//! The gateway's names: `ps_` and the Base58 of `ps:` and the UUID that the older API knows the order by.
//!
//! The vendor's own mobile SDKs convert both ways. Payments and refunds are named in the same manner, which is invented.

use crate::simulator::ids;

/// Bitcoin's alphabet: no 0, O, I, l.
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The session's name for the order with this UUID.
pub fn session(order: &str) -> String {
    named("ps", order)
}

pub fn payment() -> String {
    named("py", &ids::uuid())
}

pub fn refund() -> String {
    named("re", &ids::uuid())
}

fn named(kind: &str, uuid: &str) -> String {
    format!("{kind}_{}", base58(format!("{kind}:{uuid}").as_bytes()))
}

/// The bytes as one big number, written to the base of 58, without a checksum.
fn base58(bytes: &[u8]) -> String {
    // Least significant digit first.
    let mut digits: Vec<u32> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let letter = |digit: &u32| char::from(ALPHABET[*digit as usize]);
    digits.iter().rev().map(letter).collect()
}

#[cfg(test)]
mod tests {
    /// Computed with Python's whole numbers: int.from_bytes(text, "big"), then divmod by 58.
    #[test]
    fn a_session_is_named_after_its_order_as_another_program_computes_it() {
        assert_eq!(
            super::session("0b7e4a52-1f0c-7d3e-9a61-5c2f8e4d6b90"),
            "ps_2GRSigPvRkiJZxPYdh55fzExHHTxg6J6foAaJtWSTLWoCEL7Bqh9Vy"
        );
    }
}
