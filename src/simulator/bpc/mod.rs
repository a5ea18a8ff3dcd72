//! BPC: the API, the hosted page and the webhooks.

pub mod actions;
pub mod expiry;
pub mod overview;
pub mod page;
pub mod switches;
pub mod webhook;

use super::state::App;
use super::{BpcAccess, BpcKeys, ids};
use axum::Router;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bpc {
    /// The keys that the simulator made for itself, kept so that a restart does not change them.
    made_api_key: Option<String>,
    made_webhook_secret: Option<String>,
    /// The keys in use: the ones it was started with or else its own.
    #[serde(skip)]
    pub api_key: String,
    /// The first one signs.
    #[serde(skip)]
    pub webhook_secrets: Vec<String>,
}

impl Bpc {
    /// Takes the keys it is started with; makes, and keeps, the ones that are missing.
    pub fn take_keys(&mut self, keys: BpcKeys) {
        let own = |made: &mut Option<String>, prefix| made.get_or_insert_with(|| ids::secret(prefix)).clone();
        self.api_key = keys.api_key.unwrap_or_else(|| own(&mut self.made_api_key, "sk_sandbox_"));
        self.webhook_secrets = keys.webhook_secrets;
        if self.webhook_secrets.is_empty() {
            self.webhook_secrets.push(own(&mut self.made_webhook_secret, ""));
        }
    }

    /// What a client needs to connect.
    pub fn access(&self, base_url: &str) -> BpcAccess {
        BpcAccess {
            api_url: format!("{base_url}/bpc/api2"),
            api_key: self.api_key.clone(),
            webhook_secrets: self.webhook_secrets.clone(),
        }
    }

    /// Forgets everything but the keys.
    pub fn reset(&mut self) {
        *self = Bpc {
            made_api_key: self.made_api_key.take(),
            made_webhook_secret: self.made_webhook_secret.take(),
            api_key: std::mem::take(&mut self.api_key),
            webhook_secrets: std::mem::take(&mut self.webhook_secrets),
        };
    }
}

/// Every route of BPC's.
pub fn router() -> Router<App> {
    Router::new()
}
