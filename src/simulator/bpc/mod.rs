//! BPC, eCommerce API V2: sessions, the payment page with its test cards, webhooks.
//!
//! Read `api` for the calls, `pay` for what an outcome on the page sets in motion, `hosted` for the page, `webhook` for
//! the signature, and `switches` for what nobody outside knows, which is much.

pub mod actions;
pub mod api;
pub mod cards;
pub mod error;
pub mod expiry;
pub mod hosted;
pub mod model;
pub mod names;
pub mod overview;
pub mod page;
pub mod pay;
pub mod payments;
pub mod sessions;
pub mod switches;
pub mod webhook;
mod wire;

use super::komoju::currency;
use super::state::{App, keep_newest};
use super::{BpcAccess, BpcKeys};
use axum::Router;
use axum::routing::any;
use model::{Payment, Refund, Session};
use serde::{Deserialize, Serialize};

/// The merchant's name on the payment page.
pub const MERCHANT: &str = "Test merchant";

/// How many sessions, payments and refunds are remembered.
const MOST: usize = 2_000;

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
    pub sessions: Vec<Session>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
    /// How many sessions came without a merchantReferenceId: the gateway numbers them itself.
    pub numbered: u32,
}

impl Bpc {
    /// Takes the keys it is started with; makes, and keeps, the ones that are missing.
    pub fn take_keys(&mut self, keys: BpcKeys) {
        let own = |made: &mut Option<String>, prefix| made.get_or_insert_with(|| super::ids::secret(prefix)).clone();
        self.api_key = keys.api_key.unwrap_or_else(|| own(&mut self.made_api_key, "bpc_test_"));
        self.webhook_secrets = keys.webhook_secrets;
        if self.webhook_secrets.is_empty() {
            self.webhook_secrets.push(own(&mut self.made_webhook_secret, "whsec_"));
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
            ..Bpc::default()
        };
    }

    /// By its name, or by the UUID that the payment page goes by.
    pub fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id || session.order == id)
    }

    pub fn session_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id || session.order == id)
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

    pub fn refund(&self, id: &str) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.id == id)
    }

    pub fn add_session(&mut self, session: Session) {
        self.sessions.push(session);
        keep_newest(&mut self.sessions, MOST);
    }

    pub fn add_payment(&mut self, payment: Payment) {
        self.payments.push(payment);
        keep_newest(&mut self.payments, MOST);
    }

    pub fn add_refund(&mut self, refund: Refund) {
        self.refunds.push(refund);
        keep_newest(&mut self.refunds, MOST);
    }
}

/// Every route of BPC's; which call of the API does what is in `api`.
pub fn router() -> Router<App> {
    Router::new().route("/bpc/api2/{*path}", any(api::handle)).merge(hosted::router())
}

/// The payment page of an order, with the template's name where the older API has it.
pub fn page_path(order: &str) -> String {
    format!("/bpc/payment/merchants/test/payment.html?mdOrder={order}")
}

/// An amount for people. The currency is in either case.
pub fn display(minor: i64, code: &str) -> String {
    currency::display(minor, &code.to_ascii_uppercase())
}
