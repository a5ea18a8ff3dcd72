//! The payment providers' stand-in: a program of its own that speaks their protocols, shows their hosted pages and sends
//! their webhooks, so that a shop can be tried from the first click to the fulfilled order without an account, without
//! money and without a network. It moves no money, knows no real card, checks no merchant, computes no merchant fees and
//! pays nothing out; it has only the part of each API that a hosted-page shop needs; and where a provider's behaviour is
//! not public it does one of the possible things, which a switch changes. A shop that works against it has not been
//! proved to work against the provider.
//!
//! `docs/simulator.md` says point by point what is documented, inferred or invented.
//!
//! [`state`] is everything it knows, behind one lock, and [`storage`] the file that it survives in. [`delivery`] has
//! the webhooks on their way and [`sender`] sends them; [`clock`] can be turned; [`switches`] make it behave in
//! another of the possible ways; [`faults`] make it misbehave, and [`scenarios`] are faults with a name; [`call`] is what all APIs do with a call. These know no provider's protocol. Each provider is one
//! module: [`komoju`], [`dojo`], [`bpc`], [`stablemint`]; [`provider`] finds each one's part of a common task. [`page`]
//! is for people, [`control`] the same for tests.

pub mod access;
pub mod bpc;
pub mod call;
pub mod chance;
pub mod clock;
pub mod control;
pub mod delivery;
pub mod dojo;
pub mod faults;
pub mod form;
pub mod ids;
pub mod komoju;
pub mod origin;
pub mod page;
pub mod provider;
pub mod scenarios;
pub mod sender;
pub mod stablemint;
pub mod state;
pub mod storage;
pub mod switches;
#[cfg(test)]
mod tests;
pub mod times;

pub use access::{
    Access, BpcAccess, BpcKeys, DojoAccess, DojoKeys, KomojuAccess, KomojuKeys, Setup, StablemintAccess, StablemintKeys,
};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use clock::TurnableClock;
use komoju::platform;
use state::App;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Whether this build contains the simulator.
pub const BUILT_IN: bool = true;

/// A simulator that has its address but does not serve yet.
pub struct Simulator {
    pub access: Access,
    /// Moves with the simulator's "move the clock"; `serve` gives it to the shop as well.
    pub clock: Arc<TurnableClock>,
    app: App,
    listener: TcpListener,
    state_file: Option<PathBuf>,
}

/// Binds the address and reads the state.
///
/// # Errors
/// When the address is taken or the state file cannot be read.
pub async fn start(setup: Setup) -> std::io::Result<Simulator> {
    let listener = TcpListener::bind(setup.listen).await?;
    let url = own_url(listener.local_addr()?);
    let (shop_url, state_file) = (setup.shop_url.trim_end_matches('/').to_owned(), setup.state_file.clone());
    let state = state_of(setup)?;
    let clock = Arc::new(TurnableClock::default());
    clock.turn(state.clock_ahead_ms);
    let access = access_of(&state, &url);
    let app = App::new(Arc::clone(&clock), url, shop_url, http_client()?, state);
    // Keys that were made just now are to be the same after a restart.
    app.to_save.notify_one();
    Ok(Simulator { access, clock, app, listener, state_file })
}

/// What a simulator that runs in another process with the same setup answers to. Nothing is started.
///
/// # Errors
/// When there is no state file, which means that none has run here, or it cannot be read.
pub fn access(setup: Setup) -> std::io::Result<Access> {
    if !setup.state_file.as_deref().is_some_and(Path::exists) {
        return Err(std::io::Error::other("no simulator has run here: start the shop first"));
    }
    let url = own_url(setup.listen);
    Ok(access_of(&state_of(setup)?, &url))
}

fn access_of(state: &state::State, url: &str) -> Access {
    Access {
        url: url.to_owned(),
        komoju: state.komoju.access(url),
        dojo: state.dojo.access(url),
        bpc: state.bpc.access(url),
        stablemint: state.stablemint.access(url),
    }
}

fn state_of(setup: Setup) -> std::io::Result<state::State> {
    let mut state = setup.state_file.as_deref().map(storage::load).transpose()?.unwrap_or_default();
    state.komoju.take_keys(setup.komoju);
    state.dojo.take_keys(setup.dojo);
    state.bpc.take_keys(setup.bpc);
    state.stablemint.take_keys(setup.stablemint)?;
    Ok(state)
}

impl Simulator {
    /// Serves until `stop` resolves, then finishes what is under way.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let stopped = CancellationToken::new();
        let sender = tokio::spawn(sender::run(self.app.clone(), stopped.clone()));
        let watch = tokio::spawn(sender::watch_the_clock(self.app.clone(), stopped.clone()));
        let saver = tokio::spawn(storage::run(self.app.clone(), self.state_file, stopped.clone()));
        let served = axum::serve(self.listener, router(self.app)).with_graceful_shutdown(stop).await;
        stopped.cancel();
        for task in [sender, watch, saver] {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task of the simulator failed");
            }
        }
        served
    }
}

/// Every route. Calls of an API have limits of their own.
pub fn router(app: App) -> Router {
    let guard = from_fn_with_state(app.clone(), origin::only_ours);
    let ours =
        Router::new().merge(page::router()).merge(control::router()).merge(platform::control::router()).layer(guard);
    let apis =
        Router::new().merge(komoju::router()).merge(dojo::router()).merge(bpc::router()).merge(stablemint::router());
    Router::new().merge(ours).merge(apis).layer(DefaultBodyLimit::max(256 * 1024)).with_state(app)
}

/// The client that sends webhooks. It follows no redirect: a provider that did would send signed bodies elsewhere.
fn http_client() -> std::io::Result<reqwest::Client> {
    // Webhooks to a shop with TLS need it; a second installation is refused, which is all right.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(std::io::Error::other)
}

/// The address under which a browser on this machine reaches the listener.
fn own_url(listen: SocketAddr) -> String {
    let reachable = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(reachable, listen.port()))
}
