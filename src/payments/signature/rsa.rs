//! RSA signatures: RSASSA-PKCS1-v1_5 over SHA-256, which is what Node's `createSign("SHA256")` makes and what StableMint's
//! documentation shows ("API Authentication").

use data_encoding::BASE64;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{self, KeyPair as _, UnparsedPublicKey};
use spki::SubjectPublicKeyInfoRef;
use spki::der::Decode;

/// What is wrong with a key. It never says what the key is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("it is neither PEM nor the base64 of a DER encoding")]
    Text,
    #[error("it is no RSA private key of 2048 to 4096 bits (PKCS#8 or PKCS#1)")]
    Private,
    #[error("it is no RSA public key (SubjectPublicKeyInfo, what `openssl rsa -pubout` prints)")]
    Public,
}

/// Signs.
pub struct RsaPrivateKey(KeyPair);

/// Verifies. Kept as the DER of PKCS#1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey(Vec<u8>);

impl RsaPrivateKey {
    /// Reads PEM, or the base64 of its DER, on one line or several.
    ///
    /// # Errors
    /// When it is no such key.
    pub fn read(text: &str) -> Result<RsaPrivateKey, BadKey> {
        let der = der(text)?;
        let key = KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der));
        let key = RsaPrivateKey(key.map_err(|_| BadKey::Private)?);
        // A key that a wrong letter damaged can be read, and cannot sign: ring looks whether its numbers fit only then.
        if key.try_to_sign(b"whether it signs").is_none() { Err(BadKey::Private) } else { Ok(key) }
    }

    /// The signature's bytes; as many as the key has.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.try_to_sign(message).expect("the key has signed when it was read, and any message is as good as another")
    }

    fn try_to_sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        let signed = self.0.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.ok().map(|()| signature)
    }

    pub fn public_key(&self) -> RsaPublicKey {
        RsaPublicKey(self.0.public_key().as_ref().to_vec())
    }
}

impl RsaPublicKey {
    /// Reads PEM, or the base64 of its DER, on one line or several.
    ///
    /// # Errors
    /// When it is no such key.
    pub fn read(text: &str) -> Result<RsaPublicKey, BadKey> {
        let der = der(text)?;
        let info = SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| BadKey::Public)?;
        const RSA: spki::ObjectIdentifier = spki::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
        if info.algorithm.oid != RSA {
            return Err(BadKey::Public);
        }
        Ok(RsaPublicKey(info.subject_public_key.raw_bytes().to_vec()))
    }

    /// Whether the key's owner signed the message. Keys under 2048 bits verify nothing.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, &self.0);
        key.verify(message, signature).is_ok()
    }
}

/// The DER within: armour, line ends and the `\n` that `.env` files write for them are left out.
fn der(text: &str) -> Result<Vec<u8>, BadKey> {
    let text = text.replace("\\n", "\n");
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let base64: String = lines.flat_map(str::split_whitespace).collect();
    let der = BASE64.decode(base64.as_bytes()).map_err(|_| BadKey::Text)?;
    if der.is_empty() { Err(BadKey::Text) } else { Ok(der) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made for these tests alone: openssl genpkey -algorithm RSA, openssl rsa -pubout.
    const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQCy0ooytopt2/yv
N0ur3K4+JBIEw/Eqha305swq65Wt2b1i+iJneSajVpmJWsF4vWQWEwbVte17bIpo
EoSeLFBAZBXZ3zoEJnw/fpfR5imGwgQNH4RixwYB4U+dBm2213nurhz/kO31PqD1
mYUtqaEC1NEwpddXva8izgL00yLzW8XaWQ3TD/iI5G4/8hGXksu5OjQAlDg89QcH
m7RaWlHsRCxhWXnO4D57ljcDpGALtpDLngB6FyojPi0kM/5Z0MFYqYzGbc9B1dBc
KxQhpbVqPo0VLjDH2fbvPfKItDBsKWzKXYBY0U79z9WuyyIcZTNJ6qOthlo2zXvT
yD06DMKZAgMBAAECggEAQjA2sd2p8E7gQPR9IFBO+DY+qx/hiIUxZbf1sx8+6Dnz
ZQrDqDwKBqQ7sUDz4p5rSNZjDcBIdgovUqUkDC3HyIWjJuD+puGd1JylUi5YiYYP
nNHhHPSgrxp37t2dx3MLMUKl/hxlT4SObEmWJ1glfhhKk7CWu+W8SOwq4PazdZKQ
jd9kl0ItoXUmuBq8uUwiAnsW1iYIv7pRMvdyv5hgf02ri2z0twmCQYfbZRf6Y5kt
7Xv4U8gJ28aCqgs1cfVJpgSPm5+EEqYsJ8rzg1jKODpD/C37CnFucHqNWzN2d919
NYj98DO/uF3NNE/xW/xoAmFg0ueKEp89sVg6LhpXtwKBgQDWHKIVrunKzJxL0+20
NvF9U9mHvhsZ0B6zlQDo0qVm8fqahH6NYHYmDCSrLHlQh+mWlTv2pcL5vk134I5D
agTzBPC1YXsrJZ7cqZzzaRFQp8GO/Ym2Xd0TrhzYd4qguvbvYfbNUCOeGb6BRrHa
aaQbcbSCIEhtRt1ky6Q8aY5PewKBgQDVzoF8IEywdvlw3kOEsaUjoINE3B85yu+t
FI5gbD11D+5DVr9TKJXTZ6YM5iUWaSRZWZXEn2I5QCcBkf9YSAqfydbT4MqFJQo+
jwPuv1HyzbORQV2pi+V117SxgZWx/3j3Bn6r+LryaSLAsGCwJtLNRre5oQlLuKPK
YvWGjKPv+wKBgQC1XcfGikWr7aovaTOfRjNFMDPBkj0unmaDRCJjFZvaGftny/fP
Ffi+veaJwMB6gMZTMdJ7WWpRVuwUMXkQjcvndzXWzt4gbFunG13Bqixqn8+LqiRv
AA92zjPNAWXCRN1LZTZEMDAbij8fDp01H+tM/AIlf+cZ+b8r1HwoWFmd5QKBgQCU
VlLV6J7sa48CdOKJRKrbPfj1JHdxpE+HWNSzJ0W4WxYmmB/jtSvF4Yp+NoqSst3q
M9JJ+X6vU8f8OevbtxfP5rxqgfJgT+N8pcLHuOtFNtwXsi8me432pXKTGOHf/exS
DqqB6+7gUnsvDu/2JuloTGEZpBWL+I2C1AeekyMGUwKBgQCx+pPYwarFvNg/PA1O
Cza0XFbgnhZ000R+AxTah/mHVL0NVAWQVaJHUJcbk0TR68sRDhokeUUVWyYGZnFt
QhMWFI4glSsOMzkJSrsadwWHNnhm/8MTBfCSKuhj9ySgITmlTwGhnB0WoRzzeRR/
6aP1ZHpXkjCMaF5Y/YILKI1syA==
-----END PRIVATE KEY-----";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAstKKMraKbdv8rzdLq9yu
PiQSBMPxKoWt9ObMKuuVrdm9YvoiZ3kmo1aZiVrBeL1kFhMG1bXte2yKaBKEnixQ
QGQV2d86BCZ8P36X0eYphsIEDR+EYscGAeFPnQZtttd57q4c/5Dt9T6g9ZmFLamh
AtTRMKXXV72vIs4C9NMi81vF2lkN0w/4iORuP/IRl5LLuTo0AJQ4PPUHB5u0WlpR
7EQsYVl5zuA+e5Y3A6RgC7aQy54AehcqIz4tJDP+WdDBWKmMxm3PQdXQXCsUIaW1
aj6NFS4wx9n27z3yiLQwbClsyl2AWNFO/c/VrssiHGUzSeqjrYZaNs1708g9OgzC
mQIDAQAB
-----END PUBLIC KEY-----";
    const OTHER_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkBxOHAHcSbshd5Uhmyrh
hMwZ3Z+rD2jICAqVJuBZYHsXNN9pE14ibpy+t7qUpjrlRNmK/SVOAyco1VIPQ3Fy
2KBMkJCTJ8m4/xzIhhywYjAPFDHNnPfwyQG5me5WauL89zKAyHhTmU0XxvUGOAwz
/EIdFW1AyRyzClzDfmqFPGAUGlLW2HzGZJoVme33jbW5V7w6T8ziJNhKLMIdm87g
c7sWgRBymONJewgmO9TXy/2Amng//EGEiUBAG4T5MfRjJDVcWC0DVHxp7IAkeve4
ueBCpJ9RE5eIh8bx3nFIr0h1T6G1Z39CkZwWepR758I1xSMVxaHqWLG3xRYKy0VV
7QIDAQAB
-----END PUBLIC KEY-----";
    const MESSAGE: &[u8] = b"1764000000000,secret,u_1";
    /// printf '%s' '1764000000000,secret,u_1' | openssl dgst -sha256 -sign private.pem | base64
    const OPENSSL: &str = "ZfBXFgkFMraC6VSFRfYI+MKAeU8q+8UDkmusqZX3qfJGjjZZo0VXxHguQqGKnqmBRyQkD6SsXdUIdkfjgQbS+DJ21VfiaHpxGMa5uSfkhyoxu+LGW9Q4QWxtoIzwUjF0nwpaQJx4BjcDYGhOhQ/k8UnJFsJ6t6SHiBd5q83gi6idZjPyb0YYyr734tHyjPpiIRWbq9vmt6uxt04S6i7Vz2uP2F4TLlrdwLGsJohhgvV9Zmn6AxfcSrNC2CtiksboR9CKMOhrBroixqRDOvjqJZvzxm36xo6mQmkaVRdqCKSqPlDY7apR362TZX9XQ/dlCxLTWX11kDLlkX6VNXfWkQ==";

    #[test]
    fn signs_what_openssl_signs_and_verifies_what_openssl_signed() {
        let (private, public) = (RsaPrivateKey::read(PRIVATE).unwrap(), RsaPublicKey::read(PUBLIC).unwrap());
        let signature = BASE64.decode(OPENSSL.as_bytes()).unwrap();
        assert_eq!(private.sign(MESSAGE), signature);
        assert!(public.verifies(MESSAGE, &signature));
        assert_eq!(private.public_key(), public);
    }

    #[test]
    fn refuses_another_message_another_key_a_changed_and_a_missing_signature() {
        let public = RsaPublicKey::read(PUBLIC).unwrap();
        let mut signature = BASE64.decode(OPENSSL.as_bytes()).unwrap();
        assert!(!public.verifies(b"1764000000000,another,u_1", &signature));
        assert!(!public.verifies(MESSAGE, &[]));
        assert!(!RsaPublicKey::read(OTHER_PUBLIC).unwrap().verifies(MESSAGE, &signature));
        signature[7] ^= 1;
        assert!(!public.verifies(MESSAGE, &signature));
    }

    #[test]
    fn a_damaged_private_key_is_refused_when_it_is_read_and_not_when_it_should_sign() {
        for (right, wrong) in [("6aP1ZHpX", "6aP1ZHpY"), ("Ffi+veaJ", "Ffi+vfaJ"), ("VlLV6J7s", "VlLV6J7t")] {
            assert!(PRIVATE.contains(right));
            let damaged = PRIVATE.replace(right, wrong);
            assert_eq!(RsaPrivateKey::read(&damaged).err(), Some(BadKey::Private), "{wrong}");
        }
    }

    #[test]
    fn reads_keys_with_armour_or_without_and_with_escaped_line_ends() {
        let bare: String = PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
        for text in [bare.clone(), PUBLIC.replace('\n', "\\n"), format!("  {bare}\n")] {
            assert_eq!(RsaPublicKey::read(&text), RsaPublicKey::read(PUBLIC), "{text}");
        }
        for (text, error) in [("", BadKey::Text), ("not base64!", BadKey::Text), ("QUJD", BadKey::Public)] {
            assert_eq!(RsaPublicKey::read(text).err(), Some(error), "{text}");
        }
        assert_eq!(RsaPrivateKey::read(PUBLIC).err(), Some(BadKey::Private));
        assert_eq!(RsaPublicKey::read(PRIVATE).err(), Some(BadKey::Public));
    }
}
