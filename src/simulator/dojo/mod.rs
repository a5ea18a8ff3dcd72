//! Dojo: the payment intents, the hosted page and the webhooks of the hosted-page flow.
//!
//! Read `api` for what happens to every call, `create` and `intents` for the calls themselves, `pay` for what an outcome
//! on the hosted page sets in motion, `hosted` for the page, `subscriptions` for where webhooks go, and `switches` for
//! what nobody outside knows.

pub mod actions;
pub mod api;
pub mod captures;
pub mod cards;
pub mod create;
pub mod error;
pub mod expiry;
pub mod hosted;
pub mod intents;
pub mod model;
pub mod overview;
pub mod page;
pub mod pay;
pub mod read;
pub mod refunds;
pub mod subscriptions;
pub mod switches;
pub mod webhook;
mod wire;

use super::state::{App, keep_newest};
use super::{DojoAccess, DojoKeys, ids};
use crate::domain::{Currency, Money};
use axum::Router;
use axum::routing::any;
use error::Refusal;
use model::{Intent, Subscription};
use serde::{Deserialize, Serialize};

/// The merchant's name on the hosted page, and its account.
pub const MERCHANT: &str = "Test merchant";
pub const ACCOUNT: &str = "acc_simulator";

/// How many intents are remembered.
const MOST: usize = 2_000;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dojo {
    /// The keys that the simulator made for itself, kept so that a restart does not change them.
    made_api_key: Option<String>,
    made_webhook_secret: Option<String>,
    /// The keys in use: the ones it was started with or else its own.
    #[serde(skip)]
    pub api_key: String,
    /// The first one signs.
    #[serde(skip)]
    pub webhook_secrets: Vec<String>,
    pub intents: Vec<Intent>,
    pub subscriptions: Vec<Subscription>,
    /// Whether there ever was a subscription: until then everything goes to the shop.
    pub has_subscribed: bool,
}

impl Dojo {
    /// Takes the keys it is started with; makes, and keeps, the ones that are missing.
    pub fn take_keys(&mut self, keys: DojoKeys) {
        let made_key = || ids::secret("sk_sandbox_");
        self.api_key = keys.api_key.unwrap_or_else(|| self.made_api_key.get_or_insert_with(made_key).clone());
        self.webhook_secrets = keys.webhook_secrets;
        if self.webhook_secrets.is_empty() {
            self.webhook_secrets.push(self.made_webhook_secret.get_or_insert_with(|| ids::url_safe(16)).clone());
        }
    }

    /// What a client needs to connect.
    pub fn access(&self, base_url: &str) -> DojoAccess {
        let subscribed = self.subscriptions.iter().flat_map(|subscription| &subscription.secrets);
        let subscribed = subscribed.map(|secret| secret.value.clone());
        DojoAccess {
            api_url: format!("{base_url}/dojo"),
            api_key: self.api_key.clone(),
            // A shop that the simulator gives its keys to knows those of its subscriptions after its next start.
            webhook_secrets: self.webhook_secrets.iter().cloned().chain(subscribed).collect(),
        }
    }

    /// Forgets everything but the keys.
    pub fn reset(&mut self) {
        *self = Dojo {
            made_api_key: self.made_api_key.take(),
            made_webhook_secret: self.made_webhook_secret.take(),
            api_key: std::mem::take(&mut self.api_key),
            webhook_secrets: std::mem::take(&mut self.webhook_secrets),
            ..Dojo::default()
        };
    }

    /// Where a subscription's webhooks go; `None` when there is no such subscription.
    pub fn address(&self, subscription: &str) -> Option<String> {
        self.subscriptions.iter().find(|one| one.id == subscription).map(|one| one.url.clone())
    }

    pub fn intent(&self, id: &str) -> Option<&Intent> {
        self.intents.iter().find(|intent| intent.id == id)
    }

    pub fn intent_mut(&mut self, id: &str) -> Option<&mut Intent> {
        self.intents.iter_mut().find(|intent| intent.id == id)
    }

    pub fn add(&mut self, intent: Intent) {
        self.intents.push(intent);
        keep_newest(&mut self.intents, MOST);
    }
}

/// Every route of Dojo's; which call of the API does what is in `api`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/dojo/payment-intents", any(api::handle))
        // Dojo's own samples end it with a slash.
        .route("/dojo/payment-intents/", any(api::handle))
        .route("/dojo/payment-intents/{*path}", any(api::handle))
        .route("/dojo/webhooks", any(api::handle))
        .route("/dojo/webhooks/{*path}", any(api::handle))
        .merge(hosted::router())
}

/// The hosted page of an intent.
pub fn page_url(base_url: &str, intent: &str) -> String {
    format!("{base_url}/dojo/checkout/{intent}")
}

/// An intent that does not exist is a mistake in the request here, as Dojo's own tests against the sandbox show.
fn unknown_intent() -> Refusal {
    Refusal::field("PaymentIntentId", "There is no such payment intent.")
}

/// For people. Only pounds and euros get this far.
fn money(minor: i64, currency: &str) -> String {
    Currency::from_code(currency).map_or_else(String::new, |currency| Money::new(minor, currency).to_string())
}
