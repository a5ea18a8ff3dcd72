//! The four providers, and where each one's part of a common task is found: one match for each task, so that a fifth
//! provider is missing nowhere without the compiler saying so.

use super::delivery::{Delivery, Parcel};
use super::page::html::Rows;
use super::state::{State, World};
use super::switches::Switch;
use super::{bpc, dojo, komoju, stablemint};
use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The providers that the simulator stands in for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// The one that is meant where a control names none.
    #[default]
    Komoju,
    Dojo,
    Bpc,
    StableMint,
}

/// A request's headers. Two of one name are sent as two.
pub type Headers = Vec<(&'static str, String)>;

/// How a webhook is signed that a test sends by hand, or that a fault spoils.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    #[default]
    Right,
    /// Made with a secret that nobody has.
    Wrong,
    /// No header at all.
    None,
    /// Made with the last of the webhook secrets, which is the old one while they are being changed.
    OldSecret,
    /// The right one, but the header comes two times.
    TwiceHeader,
    /// Right, but made long ago: only where the signature has a timestamp.
    Stale,
}

/// What a provider is made to believe, and to tell, wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Amount,
    Currency,
}

impl Wrong {
    /// One minor unit instead of this amount; nothing stays nothing.
    pub fn amount(self, minor: i64) -> i64 {
        if self == Wrong::Amount { minor.min(1) } else { minor }
    }

    /// `other`, one that nobody asks this provider for, in the letters of `code`.
    pub fn currency(self, code: &str, other: &str) -> String {
        match self {
            Wrong::Amount => code.to_owned(),
            Wrong::Currency if code.bytes().all(|letter| letter.is_ascii_lowercase()) => other.to_ascii_lowercase(),
            Wrong::Currency => other.to_owned(),
        }
    }
}

/// Why a button or a control did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    NoSuchSession,
    NoSuchAction,
    /// What it is about is not in a state that allows it.
    NotNow,
}

impl Provider {
    pub const ALL: [Provider; 4] = [Provider::Komoju, Provider::Dojo, Provider::Bpc, Provider::StableMint];

    /// Its place in addresses: `/komoju/…` here, `/webhooks/komoju` at the shop.
    pub fn code(self) -> &'static str {
        match self {
            Provider::Komoju => "komoju",
            Provider::Dojo => "dojo",
            Provider::Bpc => "bpc",
            Provider::StableMint => "stablemint",
        }
    }

    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Komoju => "KOMOJU",
            Provider::Dojo => "Dojo",
            Provider::Bpc => "BPC",
            Provider::StableMint => "StableMint",
        }
    }

    pub fn switches(self) -> &'static [&'static Switch] {
        match self {
            Provider::Komoju => komoju::switches::ALL,
            Provider::Dojo => dojo::switches::ALL,
            Provider::Bpc => bpc::switches::ALL,
            Provider::StableMint => stablemint::switches::ALL,
        }
    }

    /// How long to wait after each failed try of a webhook, in milliseconds of the simulator's clock; then it gives up.
    pub fn retry_after_ms(self) -> &'static [i64] {
        match self {
            Provider::Komoju => &komoju::webhook::RETRY_AFTER_MS,
            Provider::Dojo => &dojo::webhook::RETRY_AFTER_MS,
            Provider::Bpc => &bpc::webhook::RETRY_AFTER_MS,
            Provider::StableMint => &stablemint::webhook::RETRY_AFTER_MS,
        }
    }

    /// The headers of one try that is made now.
    pub fn headers(self, state: &State, delivery: &Delivery, now: Timestamp) -> Headers {
        match self {
            Provider::Komoju => komoju::webhook::headers(state, delivery),
            Provider::Dojo => dojo::webhook::headers(state, delivery),
            Provider::Bpc => bpc::webhook::headers(state, delivery, now),
            Provider::StableMint => stablemint::webhook::headers(state, delivery, now),
        }
    }

    /// The headers of a webhook that a test sends by hand.
    pub fn sign(self, state: &State, body: &str, kind: &str, signature: Signature, now: Timestamp) -> Headers {
        match self {
            Provider::Komoju => komoju::webhook::sign(state, body, kind, signature),
            Provider::Dojo => dojo::webhook::sign(state, body, signature),
            Provider::Bpc => bpc::webhook::sign(state, body, signature, now),
            Provider::StableMint => stablemint::webhook::sign(state, body, signature, now),
        }
    }

    /// Whether a signature tells when it was made.
    pub fn signs_the_time(self) -> bool {
        match self {
            Provider::Komoju | Provider::Dojo => false,
            Provider::Bpc | Provider::StableMint => true,
        }
    }

    /// The body of an event of this kind about a session, or for KOMOJU a payment, as it stands; `None` when there is
    /// no such thing.
    pub fn event(self, state: &State, session: &str, kind: &str, now: Timestamp) -> Option<String> {
        match self {
            Provider::Komoju => komoju::webhook::about(state, session, kind, now),
            Provider::Dojo => dojo::webhook::about(state, session, kind, now),
            Provider::Bpc => bpc::webhook::about(state, session, kind, now),
            Provider::StableMint => stablemint::webhook::about(state, session, kind, now),
        }
    }

    /// Makes it believe that something else was paid in the event's session, and tells the event anew; `None` where nothing
    /// was paid yet.
    pub fn misstate(self, state: &mut State, parcel: &Parcel<'_>, wrong: Wrong, now: Timestamp) -> Option<String> {
        match self {
            Provider::Komoju => komoju::webhook::misstate(state, parcel, wrong, now),
            Provider::Dojo => dojo::webhook::misstate(state, parcel, wrong),
            Provider::Bpc => bpc::webhook::misstate(state, parcel, wrong, now),
            Provider::StableMint => stablemint::webhook::misstate(state, parcel, wrong, now),
        }
    }

    /// Until when a session can be paid; `None` when there is none of this name.
    pub fn expires_at(self, state: &State, session: &str) -> Option<Timestamp> {
        match self {
            Provider::Komoju => state.komoju.session(session).map(|session| session.expires_at),
            Provider::Dojo => state.dojo.intent(session).map(|intent| intent.expires_at),
            Provider::Bpc => state.bpc.session(session).map(|session| session.expires_at),
            Provider::StableMint => state.stablemint.session(session).map(|session| session.expires_at),
        }
    }

    /// Whether `pass_time` would do anything.
    pub fn is_due(self, state: &State, now: Timestamp) -> bool {
        match self {
            Provider::Komoju => komoju::expiry::is_due(state, now),
            Provider::Dojo => dojo::expiry::is_due(state, now),
            Provider::Bpc => bpc::expiry::is_due(state, now),
            Provider::StableMint => stablemint::expiry::is_due(state, now),
        }
    }

    /// Lets happen what fell due.
    pub fn pass_time(self, world: &mut World<'_>) {
        match self {
            Provider::Komoju => komoju::expiry::pass_time(world),
            Provider::Dojo => dojo::expiry::pass_time(world),
            Provider::Bpc => bpc::expiry::pass_time(world),
            Provider::StableMint => stablemint::expiry::pass_time(world),
        }
    }

    /// Does what happens at the provider without the shop and without the hosted page.
    ///
    /// # Errors
    /// When there is nothing of this name, no such action, or the state does not allow it; nothing is changed then.
    pub fn act(self, world: &mut World<'_>, id: &str, action: &str, amount: Option<i64>) -> Result<(), Idle> {
        match self {
            Provider::Komoju => komoju::actions::act(world, id, action, amount),
            Provider::Dojo => dojo::actions::act(world, id, action, amount),
            Provider::Bpc => bpc::actions::act(world, id, action, amount),
            Provider::StableMint => stablemint::actions::act(world, id, action, amount),
        }
    }

    /// What a client needs to connect, by name, for the page.
    pub fn connection(self, state: &State, base_url: &str) -> Vec<(&'static str, String)> {
        match self {
            Provider::Komoju => komoju::page::connection(state, base_url),
            Provider::Dojo => dojo::page::connection(state, base_url),
            Provider::Bpc => bpc::page::connection(state, base_url),
            Provider::StableMint => stablemint::page::connection(state, base_url),
        }
    }

    /// Its sessions as rows of the page, newest first.
    pub fn sessions(self, state: &State, base_url: &str, now: Timestamp) -> Rows {
        match self {
            Provider::Komoju => komoju::page::sessions(state, base_url, now),
            Provider::Dojo => dojo::page::sessions(state, base_url, now),
            Provider::Bpc => bpc::page::sessions(state, base_url, now),
            Provider::StableMint => stablemint::page::sessions(state, base_url, now),
        }
    }

    /// Its part of `/control/state`. KOMOJU's stands at the top of it.
    pub fn overview(self, state: &State, base_url: &str, now: Timestamp) -> Value {
        match self {
            Provider::Komoju => komoju::overview::all(state, base_url, now),
            Provider::Dojo => dojo::overview::all(state, base_url, now),
            Provider::Bpc => bpc::overview::all(state, base_url, now),
            Provider::StableMint => stablemint::overview::all(state, base_url, now),
        }
    }
}
