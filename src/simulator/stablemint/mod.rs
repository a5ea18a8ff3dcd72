//! StableMint: the API, the hosted page and the webhooks.

pub mod actions;
pub mod expiry;
pub mod overview;
pub mod page;
pub mod switches;
pub mod webhook;

use super::state::App;
use super::{StablemintAccess, StablemintKeys};
use axum::Router;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StableMint {
    /// The keys in use.
    #[serde(skip)]
    keys: StablemintKeys,
}

impl StableMint {
    /// Takes the keys it is started with.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn take_keys(&mut self, keys: StablemintKeys) -> std::io::Result<()> {
        self.keys = keys;
        Ok(())
    }

    /// What a client needs to connect.
    pub fn access(&self, base_url: &str) -> StablemintAccess {
        StablemintAccess {
            api_url: format!("{base_url}/stablemint"),
            api_key: self.keys.api_key.clone().unwrap_or_default(),
            api_secret: self.keys.api_secret.clone().unwrap_or_default(),
            private_key: self.keys.private_key.clone().unwrap_or_default(),
            webhook_private_key: self.keys.webhook_private_key.clone().unwrap_or_default(),
            webhook_keys: Vec::new(),
        }
    }

    /// Forgets everything but the keys.
    pub fn reset(&mut self) {
        *self = StableMint { keys: std::mem::take(&mut self.keys) };
    }
}

/// Every route of StableMint's.
pub fn router() -> Router<App> {
    Router::new()
}
