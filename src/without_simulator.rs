//! What a build without the simulator has in its place: the same names, and nothing behind them.

use crate::server::clock::SystemClock;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Whether this build contains the simulator.
pub const BUILT_IN: bool = false;

pub struct Setup {
    pub listen: SocketAddr,
    pub shop_url: String,
    pub state_file: Option<PathBuf>,
    pub komoju: KomojuKeys,
    pub dojo: DojoKeys,
    pub bpc: BpcKeys,
    pub stablemint: StablemintKeys,
}

#[derive(Clone, Default)]
pub struct KomojuKeys {
    pub secret_key: Option<String>,
    pub webhook_secrets: Vec<String>,
}

#[derive(Clone, Default)]
pub struct DojoKeys {
    pub api_key: Option<String>,
    pub webhook_secrets: Vec<String>,
}

#[derive(Clone, Default)]
pub struct BpcKeys {
    pub api_key: Option<String>,
    pub webhook_secrets: Vec<String>,
}

#[derive(Clone, Default)]
pub struct StablemintKeys {
    pub api_key: Option<String>,
    pub api_secret: Option<String>,
    pub private_key: Option<String>,
    pub webhook_private_keys: Vec<String>,
}

pub struct KomojuAccess {
    pub api_url: String,
    pub secret_key: String,
    pub webhook_secrets: Vec<String>,
}

pub struct DojoAccess {
    pub api_url: String,
    pub api_key: String,
    pub webhook_secrets: Vec<String>,
}

pub struct BpcAccess {
    pub api_url: String,
    pub api_key: String,
    pub webhook_secrets: Vec<String>,
}

pub struct StablemintAccess {
    pub api_url: String,
    pub api_key: String,
    pub api_secret: String,
    pub private_key: String,
    pub webhook_private_keys: Vec<String>,
    pub webhook_keys: Vec<String>,
}

pub struct Access {
    pub url: String,
    pub komoju: KomojuAccess,
    pub dojo: DojoAccess,
    pub bpc: BpcAccess,
    pub stablemint: StablemintAccess,
}

/// There is none.
pub struct Simulator {
    pub access: Access,
    pub clock: Arc<SystemClock>,
    never: Infallible,
}

/// # Errors
/// Always.
pub async fn start(_setup: Setup) -> std::io::Result<Simulator> {
    Err(std::io::Error::other("this build has no simulator"))
}

/// # Errors
/// Always.
pub fn access(_setup: Setup) -> std::io::Result<Access> {
    Err(std::io::Error::other("this build has no simulator"))
}

impl Simulator {
    /// # Errors
    /// Never: nobody has a simulator to run.
    pub async fn run(self, _stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        match self.never {}
    }
}
