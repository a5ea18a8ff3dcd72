//! The keys of both sides: what the merchant signs requests with, and what the provider signs webhooks with.
//!
//! A real merchant hands over a public key only. The simulator also knows the private one when it made it, for the shop.

use crate::payments::signature::{RsaPrivateKey, RsaPublicKey};
use crate::simulator::{StablemintKeys, ids};
use data_encoding::BASE64;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use serde::{Deserialize, Serialize};
use std::io::Error;

/// How long the keys are that the simulator makes, in bits.
const BITS: usize = 2_048;

/// The keys that the simulator made for itself, kept so that a restart does not change them.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MadeKeys {
    api_key: Option<String>,
    api_secret: Option<String>,
    private_key: Option<String>,
    webhook_private_key: Option<String>,
}

/// The keys in use. The texts are the base64 of the DER: PKCS#8 for private keys, SPKI for public ones.
pub struct Keys {
    pub api_key: String,
    pub api_secret: String,
    pub private_key: String,
    /// The provider's: the first one signs, and the last is the old one while they are being changed.
    pub provider: Vec<ProviderKey>,
    pub merchant: RsaPublicKey,
    /// The merchant's own: webhooks that are wrongly signed are signed with it.
    pub merchants_own: RsaPrivateKey,
}

pub struct ProviderKey {
    pub private: String,
    pub public: String,
    pub key: RsaPrivateKey,
}

impl Keys {
    /// Takes the keys it is started with; makes, and keeps, the ones that are missing.
    ///
    /// # Errors
    /// When one of them cannot be read; it says which, never what it is.
    pub fn take(given: StablemintKeys, made: &mut MadeKeys) -> std::io::Result<Keys> {
        let text = |given: Option<String>, made: &mut Option<String>, prefix| {
            given.unwrap_or_else(|| made.get_or_insert_with(|| ids::secret(prefix)).clone())
        };
        let (private_key, merchants_own, _) = pair(given.private_key, &mut made.private_key, "private key")?;
        // Without any, one is made.
        let none = given.webhook_private_keys.is_empty().then_some(None);
        let mut provider = Vec::new();
        for given in given.webhook_private_keys.into_iter().map(Some).chain(none) {
            let (private, key, public) = pair(given, &mut made.webhook_private_key, "webhook private key")?;
            provider.push(ProviderKey { private, public, key });
        }
        Ok(Keys {
            api_key: text(given.api_key, &mut made.api_key, "sm_key_"),
            api_secret: text(given.api_secret, &mut made.api_secret, "sm_secret_"),
            merchant: merchants_own.public_key(),
            private_key,
            merchants_own,
            provider,
        })
    }
}

/// A private key as text and as it works, and the text of its public half.
fn pair(
    given: Option<String>,
    made: &mut Option<String>,
    what: &str,
) -> std::io::Result<(String, RsaPrivateKey, String)> {
    let bad = |why: String| Error::other(format!("StableMint's {what} cannot be used: {why}"));
    let text = match (given, &mut *made) {
        (Some(text), _) => text,
        (None, Some(text)) => text.clone(),
        (None, empty) => empty.insert(make().map_err(|error| bad(error.to_string()))?).clone(),
    };
    // ring refuses what is too short or too long.
    let key = RsaPrivateKey::read(&text).map_err(|error| bad(error.to_string()))?;
    let (private, public) = rewrite(&text).ok_or_else(|| bad("it is no RSA private key".to_owned()))?;
    Ok((private, key, public))
}

fn make() -> Result<String, rsa::Error> {
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BITS)?;
    let der = key.to_pkcs8_der().map_err(rsa::Error::Pkcs8)?;
    Ok(BASE64.encode(der.as_bytes()))
}

/// A private key in PEM or base64, as the base64 of PKCS#8 and of its public half's SPKI.
fn rewrite(text: &str) -> Option<(String, String)> {
    let text = text.replace("\\n", "\n");
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let base64: String = lines.flat_map(str::split_whitespace).collect();
    let der = BASE64.decode(base64.as_bytes()).ok()?;
    let key = rsa::RsaPrivateKey::from_pkcs8_der(&der).or_else(|_| rsa::RsaPrivateKey::from_pkcs1_der(&der)).ok()?;
    let (private, public) = (key.to_pkcs8_der().ok()?, key.to_public_key().to_public_key_der().ok()?);
    Some((BASE64.encode(private.as_bytes()), BASE64.encode(public.as_bytes())))
}
