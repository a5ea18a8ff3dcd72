//! The keys that both sides must know: what the simulator is given, and what it answers to. A build without the simulator
//! has these as well, and nothing to fill them.

use std::net::SocketAddr;
use std::path::PathBuf;

/// What the simulator is started with. Keys that are `None` are made by the simulator and printed.
pub struct Setup {
    pub listen: SocketAddr,
    /// The shop's address, without a slash at the end: webhooks go to `{shop_url}/webhooks/{provider}`.
    pub shop_url: String,
    /// Where the state is kept between starts; `None`: in memory only.
    pub state_file: Option<PathBuf>,
    pub komoju: KomojuKeys,
    pub dojo: DojoKeys,
    pub bpc: BpcKeys,
    pub stablemint: StablemintKeys,
}

#[derive(Clone, Default)]
pub struct KomojuKeys {
    pub secret_key: Option<String>,
    /// The first one signs.
    pub webhook_secrets: Vec<String>,
}

#[derive(Clone, Default)]
pub struct DojoKeys {
    pub api_key: Option<String>,
    /// The first one signs.
    pub webhook_secrets: Vec<String>,
}

#[derive(Clone, Default)]
pub struct BpcKeys {
    pub api_key: Option<String>,
    /// The first one signs.
    pub webhook_secrets: Vec<String>,
}

/// Keys as text: PEM, or the base64 of the DER.
#[derive(Clone, Default)]
pub struct StablemintKeys {
    pub api_key: Option<String>,
    pub api_secret: Option<String>,
    /// The merchant's RSA key, of which the simulator needs the public half.
    pub private_key: Option<String>,
    /// The provider's RSA keys: the first one signs webhooks.
    pub webhook_private_keys: Vec<String>,
}

/// What the shop must know to talk to a simulator that made its own keys.
pub struct KomojuAccess {
    /// The API's address, without a slash at the end: `http://127.0.0.1:4000/komoju/api/v1`.
    pub api_url: String,
    pub secret_key: String,
    pub webhook_secrets: Vec<String>,
}

pub struct DojoAccess {
    /// `http://127.0.0.1:4000/dojo`
    pub api_url: String,
    pub api_key: String,
    pub webhook_secrets: Vec<String>,
}

pub struct BpcAccess {
    /// `http://127.0.0.1:4000/bpc/api2`
    pub api_url: String,
    pub api_key: String,
    pub webhook_secrets: Vec<String>,
}

/// Keys as the base64 of the DER: PKCS#8 for private ones, SPKI for public ones.
pub struct StablemintAccess {
    /// `http://127.0.0.1:4000/stablemint`
    pub api_url: String,
    pub api_key: String,
    pub api_secret: String,
    pub private_key: String,
    pub webhook_private_keys: Vec<String>,
    /// The public halves of the keys that sign webhooks.
    pub webhook_keys: Vec<String>,
}

/// All of it.
pub struct Access {
    /// The simulator's own address, without a slash at the end: the page for people.
    pub url: String,
    pub komoju: KomojuAccess,
    pub dojo: DojoAccess,
    pub bpc: BpcAccess,
    pub stablemint: StablemintAccess,
}
