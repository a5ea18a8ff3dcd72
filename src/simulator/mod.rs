//! The payment providers' stand-in.

pub mod clock;

use clock::TurnableClock;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Whether this build contains the simulator.
pub const BUILT_IN: bool = true;

/// What the simulator is started with. Keys that are `None` are made by the simulator and printed.
pub struct Setup {
    pub listen: SocketAddr,
    /// The shop's address, without a slash at the end: webhooks go to `{shop_url}/webhooks/{provider}`.
    pub shop_url: String,
    /// Where the state is kept between starts; `None`: in memory only.
    pub state_file: Option<PathBuf>,
    pub komoju: KomojuKeys,
}

#[derive(Clone, Default)]
pub struct KomojuKeys {
    pub secret_key: Option<String>,
    /// The first one signs.
    pub webhook_secrets: Vec<String>,
}

/// What the shop must know to talk to a simulator that made its own keys.
pub struct KomojuAccess {
    pub api_url: String,
    pub secret_key: String,
    pub webhook_secrets: Vec<String>,
}

/// A simulator that has its address but does not serve yet.
pub struct Simulator {
    pub komoju: KomojuAccess,
    /// Moves with the simulator's "move the clock"; `serve` gives it to the shop as well.
    pub clock: Arc<TurnableClock>,
}

/// Binds the address and reads the state.
///
/// # Errors
/// When the address is taken or the state file cannot be read.
pub async fn start(_setup: Setup) -> std::io::Result<Simulator> {
    Err(std::io::Error::other("under construction"))
}

impl Simulator {
    /// Serves until `stop` resolves, then finishes what is under way.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self, _stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        Ok(())
    }
}
