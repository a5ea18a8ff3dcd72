//! What every handler, page and loop is given. Nothing that matters lives only here: all state is in the database.

use super::clock::Clock;
use super::settings::Settings;
use crate::payments::Providers;
use axum::extract::FromRef;
use leptos::prelude::{LeptosOptions, use_context};
use sqlx::AnyPool;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

#[derive(Clone)]
pub struct AppState {
    pub pool: AnyPool,
    pub clock: Arc<dyn Clock>,
    pub providers: Arc<Providers>,
    pub settings: Arc<Settings>,
    /// Rung when a notice was stored, so that it need not wait for the next round of the inbox.
    pub inbox_bell: Arc<Notify>,
    /// What a handler began and does not wait for: a stop lets it finish.
    pub tasks: TaskTracker,
    pub leptos: LeptosOptions,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> LeptosOptions {
        state.leptos.clone()
    }
}

/// The state, inside a page or a server function.
///
/// # Panics
/// Never in the program: the router provides it to both.
pub fn state() -> AppState {
    use_context::<AppState>().expect("router.rs provides the state to every page and server function")
}
