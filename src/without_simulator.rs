//! What a build without the simulator has in its place: the same names, and nothing behind them.

#[path = "simulator/access.rs"]
mod access;

pub use access::*;

use crate::server::clock::SystemClock;
use std::convert::Infallible;
use std::sync::Arc;

/// Whether this build contains the simulator.
pub const BUILT_IN: bool = false;

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
