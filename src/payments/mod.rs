//! The point of the project: from Checkout to a fulfilled order, over somebody else's hosted page.
//!
//! One rule: **an order is fulfilled only because a verified webhook arrived.** The browser's return and a look-up may
//! show something; neither fulfils. It knows nothing of pages or Leptos. Read `checkout`, `webhook`, `inbox`,
//! `fulfilment`, `sweep`, in this order, and then one provider.

pub mod bpc;
pub mod capture;
pub mod checkout;
pub mod dojo;
pub mod fulfilment;
pub mod http;
pub mod inbox;
pub mod komoju;
pub mod look_up;
mod notice;
pub mod sellers;
pub mod signature;
pub mod stablemint;
mod standing;
pub mod sweep;
#[cfg(test)]
mod testing;
pub mod webhook;

pub use notice::{News, Notice, Refunded, Subject};
pub use standing::{Charge, Stage, Standing};

use crate::domain::{Attempt, Back, BasketLine, Market, Method, Money, ProviderName, Timestamp};
use crate::server::settings::ProviderSettings;
use async_trait::async_trait;
use axum::http::HeaderMap;

/// One payment provider. No method has a default body: whoever adds a provider decides each of them, the signature
/// check above all.
#[async_trait]
pub trait Provider: Send + Sync {
    fn name(&self) -> ProviderName;

    /// How a basket of this market and amount can be paid, best known first; empty when it cannot.
    fn methods(&self, market: Market, total: Money) -> Vec<Method>;

    /// The origins (`https://komoju.com`, or `https://*.stablemint.io` for every host below one) that a hosted page may
    /// have. The browser is sent nowhere else.
    fn page_origins(&self) -> Vec<String>;

    /// Opens a session for an attempt. Called again with the same attempt it must not leave two that can both be paid.
    async fn open_page(&self, request: &OpenPage<'_>) -> Result<OpenedPage, ProviderError>;

    /// Whether `look_up` is offered. Where it is not, the webhook alone settles.
    fn can_be_asked(&self) -> bool;

    /// How the session stands at the provider now.
    async fn look_up(&self, session: &str) -> Result<Standing, ProviderError>;

    /// Ends a session that nobody paid, a slip that was promised included, so that it cannot be paid any more.
    async fn cancel(&self, session: &str) -> Result<(), ProviderError>;

    /// Takes the money of a card that was only held. The order is paid when the webhook says so.
    async fn capture(&self, payment: &str, amount: Money) -> Result<(), ProviderError>;

    /// Gives back `amount` of a payment. `key` is the refund's own, the same on every try.
    async fn refund(&self, payment: &str, amount: Money, key: &str) -> Result<(), ProviderError>;

    /// Whether the provider sent this. `body` is the bytes as they came.
    fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Forgery>;

    /// What a verified webhook says. Unknown fields are ignored; a missing one that is needed is an error.
    fn read(&self, body: &[u8]) -> Result<Notice, Unreadable>;
}

/// What a provider needs to open a page.
pub struct OpenPage<'a> {
    pub attempt: &'a Attempt,
    pub lines: &'a [BasketLine],
    /// Where the browser comes back to: the order's page.
    pub return_url: &'a str,
    /// How long the page may be paid on, in seconds: never longer than the stock is held.
    pub lifetime_seconds: i64,
    pub now: Timestamp,
    /// Whether the provider was asked for this attempt's page before, and may have made one.
    pub asked_before: bool,
}

impl OpenPage<'_> {
    /// `lifetime_seconds` from now on.
    pub fn expires_at(&self) -> Timestamp {
        self.now + self.lifetime_seconds * 1000
    }

    /// The order's page, saying how the browser came back. Only a hint: it is in the shopper's hands.
    pub fn back_url(&self, back: Back) -> String {
        format!("{}?back={}", self.return_url, back.code())
    }

    /// Where a shopper finds help with this order.
    pub fn support_url(&self) -> String {
        format!("{}/support", self.return_url)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedPage {
    pub session: String,
    pub page_url: String,
    /// Until when the provider lets the page be paid on, where it decides that itself.
    pub expires_at: Option<Timestamp>,
}

/// Why a call to a provider failed, as far as it decides what to do next.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The provider said no, and would say no again.
    #[error("the provider refused: {status} {code}")]
    Refused { status: u16, code: String },
    /// It answered that it failed. KOMOJU may keep that answer for the key for 24 hours: ask again with a new one.
    #[error("the provider failed: status {status}")]
    Failing { status: u16 },
    /// No answer, or one that says "later" (409, 429). It may have done the work: ask again with the same key.
    #[error("the provider could not be reached: {cause}")]
    Unreachable { cause: String },
    /// It answered something that we cannot read. It may have done the work.
    #[error("the provider's answer makes no sense: {cause}")]
    Unintelligible { cause: String },
    /// Its API has no such call: the merchant does it in the provider's dashboard.
    #[error("the provider's API has no call for this")]
    NotOffered,
}

/// Why a webhook was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forgery {
    #[error("no signature header")]
    Missing,
    #[error("more than one signature header")]
    Several,
    #[error("a signature header that cannot be read")]
    Malformed,
    #[error("a signature that none of the secrets made")]
    Wrong,
    #[error("a signature that is too old or from the future")]
    Stale,
}

/// A verified webhook that says nothing we can read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be read: {0}")]
pub struct Unreadable(pub String);

/// The providers that are switched on, in the order in which the checkout offers them.
pub struct Providers(Vec<Box<dyn Provider>>);

impl Providers {
    pub fn new(list: Vec<Box<dyn Provider>>) -> Providers {
        Providers(list)
    }

    /// The list of providers: whoever adds one adds it here.
    pub fn from_settings(settings: &ProviderSettings) -> Providers {
        let ProviderSettings { komoju, dojo, bpc, stablemint } = settings.clone();
        let mut list: Vec<Box<dyn Provider>> = Vec::new();
        list.extend(komoju.map(|settings| Box::new(komoju::Komoju::new(settings)) as Box<dyn Provider>));
        list.extend(dojo.map(|settings| Box::new(dojo::Dojo::new(settings)) as Box<dyn Provider>));
        list.extend(bpc.map(|settings| Box::new(bpc::Bpc::new(settings)) as Box<dyn Provider>));
        list.extend(stablemint.map(|settings| Box::new(stablemint::Stablemint::new(settings)) as Box<dyn Provider>));
        Providers::new(list)
    }

    pub fn get(&self, name: ProviderName) -> Option<&dyn Provider> {
        self.iter().find(|provider| provider.name() == name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &dyn Provider> {
        self.0.iter().map(Box::as_ref)
    }

    pub fn methods(&self, market: Market, total: Money) -> Vec<Method> {
        self.iter().flat_map(|provider| provider.methods(market, total)).collect()
    }
}
