//! KOMOJU: the API, the hosted pages and the webhooks of the hosted-page flow.
//!
//! Read `api` for what happens to every call, `sessions` and `payments` for the calls themselves, `pay` for what an
//! outcome on the hosted page sets in motion, `hosted` for the pages, `platform` for payments that are shared with sellers,
//! and `switches` for what nobody outside knows.

pub mod actions;
pub mod api;
pub mod cards;
pub mod currency;
pub mod error;
pub mod expiry;
pub mod hosted;
pub mod idempotency;
pub mod methods;
pub mod model;
pub mod overview;
pub mod page;
pub mod pay;
pub mod payments;
pub mod platform;
pub mod refunds;
pub mod sessions;
pub mod switches;
pub mod webhook;
mod wire;

use super::state::{App, keep_newest};
use super::{KomojuAccess, KomojuKeys};
use axum::Router;
use axum::routing::any;
use model::{Event, Payment, Session};
use platform::sellers::Sellers;
use platform::settlements::Settlement;
use serde::{Deserialize, Serialize};

/// The merchant's name on the hosted pages.
pub const MERCHANT: &str = "Test merchant";

/// How many sessions, payments and events are remembered.
const MOST: usize = 2_000;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Komoju {
    /// The keys that the simulator made for itself, kept so that a restart does not change them.
    made_secret_key: Option<String>,
    made_webhook_secret: Option<String>,
    /// The keys in use: the ones it was started with or else its own.
    #[serde(skip)]
    pub secret_key: String,
    /// The first one signs.
    #[serde(skip)]
    pub webhook_secrets: Vec<String>,
    pub sessions: Vec<Session>,
    pub payments: Vec<Payment>,
    pub events: Vec<Event>,
    pub idempotency: idempotency::Records,
    pub sellers: Sellers,
    pub settlements: Vec<Settlement>,
}

impl Komoju {
    /// Takes the keys it is started with; makes, and keeps, the ones that are missing.
    pub fn take_keys(&mut self, keys: KomojuKeys) {
        let own = |made: &mut Option<String>, prefix| made.get_or_insert_with(|| super::ids::secret(prefix)).clone();
        self.secret_key = keys.secret_key.unwrap_or_else(|| own(&mut self.made_secret_key, "sk_test_"));
        self.webhook_secrets = keys.webhook_secrets;
        if self.webhook_secrets.is_empty() {
            self.webhook_secrets.push(own(&mut self.made_webhook_secret, "whsec_"));
        }
    }

    /// What a client needs to connect.
    pub fn access(&self, base_url: &str) -> KomojuAccess {
        KomojuAccess {
            api_url: format!("{base_url}/komoju/api/v1"),
            secret_key: self.secret_key.clone(),
            webhook_secrets: self.webhook_secrets.clone(),
        }
    }

    /// Forgets everything but the keys.
    pub fn reset(&mut self) {
        *self = Komoju {
            made_secret_key: self.made_secret_key.take(),
            made_webhook_secret: self.made_webhook_secret.take(),
            secret_key: std::mem::take(&mut self.secret_key),
            webhook_secrets: std::mem::take(&mut self.webhook_secrets),
            ..Komoju::default()
        };
    }

    pub fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    pub fn session_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    pub fn payment(&self, id: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.id == id)
    }

    pub fn payment_mut(&mut self, id: &str) -> Option<&mut Payment> {
        self.payments.iter_mut().find(|payment| payment.id == id)
    }

    pub fn payment_of(&self, session: &Session) -> Option<&Payment> {
        self.payment(session.payment.as_deref()?)
    }

    pub fn add_session(&mut self, session: Session) {
        self.sessions.push(session);
        keep_newest(&mut self.sessions, MOST);
    }

    pub fn add_payment(&mut self, payment: Payment) {
        self.payments.push(payment);
        keep_newest(&mut self.payments, MOST);
    }
}

/// Every route of KOMOJU's; which call of the API does what is in `api`.
pub fn router() -> Router<App> {
    Router::new().route("/komoju/api/v1/{*path}", any(api::handle)).merge(hosted::router())
}

/// The hosted page of a session.
pub fn page_url(base_url: &str, session: &str) -> String {
    format!("{base_url}/komoju/sessions/{session}")
}
