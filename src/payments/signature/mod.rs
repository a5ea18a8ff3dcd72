//! Signatures, to make and to verify: the receiver checks with the function that the simulator signs with, and both are
//! proved against values that openssl computed. HMAC-SHA256 is here, RSA in `rsa`.

mod rsa;

pub use rsa::{BadKey, RsaPrivateKey, RsaPublicKey};

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

fn mac(secret: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

/// The 32 bytes of HMAC-SHA256.
pub fn sign(secret: &[u8], message: &[u8]) -> Vec<u8> {
    mac(secret, message).finalize().into_bytes().to_vec()
}

/// Whether `signature` is the message's, compared in constant time (OWASP ASVS 5.0, 11.2.4). An empty secret verifies
/// nothing: anybody could have signed with it.
pub fn verifies(secret: &[u8], message: &[u8], signature: &[u8]) -> bool {
    !secret.is_empty() && mac(secret, message).verify_slice(signature).is_ok()
}

/// Whether one of the secrets signed the message: while a secret is being changed there are two.
pub fn is_by_any(secrets: &[SecretString], message: &[u8], signature: &[u8]) -> bool {
    secrets.iter().any(|secret| verifies(secret.expose_secret().as_bytes(), message, signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    /// printf '%s' '{"id":"evt_1","type":"ping"}' | openssl dgst -sha256 -hmac 'whsec_noren_vector'
    const OPENSSL: &str = "4cfc26e3108d56300da9d56a4cbfe5f760563b6986f5cb5ca64b21f71521921f";

    #[test]
    fn signs_and_verifies_what_openssl_computed() {
        let (secret, body) = (b"whsec_noren_vector", br#"{"id":"evt_1","type":"ping"}"#);
        assert_eq!(HEXLOWER.encode(&sign(secret, body)), OPENSSL);
        assert!(verifies(secret, body, &HEXLOWER.decode(OPENSSL.as_bytes()).unwrap()));
    }

    #[test]
    fn refuses_another_key_another_body_a_part_of_the_signature_and_an_empty_secret() {
        let signature = HEXLOWER.decode(OPENSSL.as_bytes()).unwrap();
        let body = br#"{"id":"evt_1","type":"ping"}"#;
        assert!(!verifies(b"whsec_noren_vectoR", body, &signature));
        assert!(!verifies(b"whsec_noren_vector", br#"{"id":"evt_1","type":"ping"} "#, &signature));
        assert!(!verifies(b"whsec_noren_vector", body, &signature[..31]));
        assert!(!verifies(b"whsec_noren_vector", body, &[]));
        assert!(!verifies(b"", body, &sign(b"", body)));
    }
}
