//! StableMint: hosted sessions in both generations of its documentation, the payment page, webhooks signed with RSA.
//!
//! Read `auth` for who may call, `sessions` for the one call, `pay` for what happens to a deposit, `webhook` and `body`
//! for how it is told, and `switches` for what nobody outside knows. There is no call to look a session up.

pub mod actions;
pub mod amount;
pub mod api;
pub mod auth;
mod body;
pub mod error;
pub mod expiry;
pub mod hosted;
pub mod keys;
pub mod model;
pub mod overview;
pub mod page;
pub mod pay;
pub mod sessions;
pub mod switches;
pub mod webhook;

use super::state::{App, keep_newest};
use super::{StablemintAccess, StablemintKeys};
use axum::Router;
use axum::routing::any;
use keys::{Keys, MadeKeys, ProviderKey};
use model::Session;
use serde::{Deserialize, Serialize};

/// The merchant's name on the payment page and in webhooks.
pub const MERCHANT: &str = "Test merchant";

/// How many sessions are remembered.
const MOST: usize = 2_000;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StableMint {
    made: MadeKeys,
    /// The keys in use; there from the start on.
    #[serde(skip)]
    keys: Option<Keys>,
    pub sessions: Vec<Session>,
}

impl StableMint {
    /// Takes the keys it is started with; makes, and keeps, the ones that are missing.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn take_keys(&mut self, given: StablemintKeys) -> std::io::Result<()> {
        self.keys = Some(Keys::take(given, &mut self.made)?);
        Ok(())
    }

    /// The keys in use; `None` only before `take_keys`.
    pub fn keys(&self) -> Option<&Keys> {
        self.keys.as_ref()
    }

    /// What a client needs to connect.
    pub fn access(&self, base_url: &str) -> StablemintAccess {
        let text = |key: fn(&Keys) -> &String| self.keys().map(key).cloned().unwrap_or_default();
        let keys = || self.keys().into_iter().flat_map(|keys| &keys.provider);
        let texts = |text: fn(&ProviderKey) -> &String| keys().map(text).cloned().collect();
        StablemintAccess {
            api_url: format!("{base_url}/stablemint"),
            api_key: text(|keys| &keys.api_key),
            api_secret: text(|keys| &keys.api_secret),
            private_key: text(|keys| &keys.private_key),
            webhook_private_keys: texts(|key| &key.private),
            webhook_keys: texts(|key| &key.public),
        }
    }

    /// Forgets everything but the keys.
    pub fn reset(&mut self) {
        *self = StableMint { made: std::mem::take(&mut self.made), keys: self.keys.take(), ..StableMint::default() };
    }

    /// By the reference that the shop knows, or the id that webhooks name.
    pub fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.reference == id || session.session_id == id)
    }

    pub fn session_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.reference == id || session.session_id == id)
    }

    pub fn add_session(&mut self, session: Session) {
        self.sessions.push(session);
        keep_newest(&mut self.sessions, MOST);
    }
}

/// Every route of StableMint's; which call of the API does what is in `api`.
pub fn router() -> Router<App> {
    Router::new().route("/stablemint/session/{*path}", any(api::handle)).merge(hosted::router())
}

/// The payment page of a session.
pub fn page_url(base_url: &str, reference: &str) -> String {
    format!("{base_url}/stablemint/checkout/{reference}")
}
