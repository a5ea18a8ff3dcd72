//! Faults: misbehaviour on demand. A fault says when it happens and what happens then; the plan is the list of them.
//!
//! The page, `/control/faults`, `/control/answers` and the scenarios all put faults into the one plan. `events` does what
//! is planned for a webhook, `calls` what is planned for a call of an API; `words` says it to people.

mod calls;
mod events;
pub mod words;

pub use events::queue;

use super::chance::Chance;
use super::delivery::{Order, Parcel};
use super::provider::{Provider, Signature};
use axum::http::Method;
use serde::{Deserialize, Serialize};

/// The longest that a webhook can be late, in seconds: a year.
const LATEST_SECONDS: i64 = 366 * 86_400;
/// The longest that a call can be kept waiting, in milliseconds of the machine's clock.
const SLOWEST_MS: u64 = 60_000;
/// How many copies or held webhooks there can be.
const MOST_AT_ONCE: u8 = 50;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Its name in the plan.
    pub id: u64,
    pub when: When,
    pub what: What,
}

/// When a fault happens. What is absent does not narrow it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Whose webhooks or calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// Only what names this session or payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The beginning of an event's name, `payment.`, or of a call below the API's address, `sessions` or `POST sessions`.
    pub on: String,
    /// How many more times; until it is removed when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// In how many of a hundred cases; in all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_cent: Option<u8>,
}

/// What happens then: first what a webhook can meet, then what a call of the API can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// Sent so many seconds of the simulator's clock later.
    Late { seconds: i64 },
    /// Sent when the time of its session is over, although it was paid before.
    AfterExpiry,
    /// Never sent.
    Lost,
    /// Sent several times, one after the other.
    Repeated { copies: u8 },
    /// Sent several times on as many connections at the same moment.
    AtOnce { copies: u8 },
    /// Held until there are so many, or a minute is over, and then sent in this order.
    Reordered { events: u8, order: Order },
    /// Signed otherwise than it should be.
    Signed { signature: Signature, tries: Tries },
    /// Signed as it should be, and then one space longer: the same JSON in other bytes.
    Changed { tries: Tries },
    /// The payment is of one minor unit in this event and in everything else that the provider says: all of it signed for
    /// real, so that only a comparison with what was asked finds it.
    WrongAmount,
    /// The same with another currency.
    WrongCurrency,
    /// Answered with this status, without the work; or after it, as a gateway does that gave up too soon.
    Status {
        status: u16,
        #[serde(default)]
        work: bool,
    },
    /// Kept waiting before the work, with KOMOJU's idempotency key taken; in milliseconds of the machine's clock.
    Slow { ms: u64 },
    /// Carried out, and cut off half-way through the answer.
    Half,
    /// Cut off without an answer, after the work or instead of it.
    NoAnswer { work: bool },
}

/// Which tries of a webhook a fault spoils.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tries {
    /// The true webhook follows when the first one is refused.
    First,
    Every,
}

impl What {
    /// Whether it is about webhooks; otherwise it is about calls of the API.
    pub fn is_of_events(self) -> bool {
        match self {
            What::Late { .. }
            | What::AfterExpiry
            | What::Lost
            | What::Repeated { .. }
            | What::AtOnce { .. }
            | What::Reordered { .. }
            | What::Signed { .. }
            | What::Changed { .. }
            | What::WrongAmount
            | What::WrongCurrency => true,
            What::Status { .. } | What::Slow { .. } | What::Half | What::NoAnswer { .. } => false,
        }
    }

    /// # Errors
    /// A sentence for whoever asked, when a number is out of all bounds.
    fn check(self) -> Result<(), String> {
        let several = |count: u8| (2..=MOST_AT_ONCE).contains(&count);
        let (fits, why) = match self {
            What::Late { seconds } => ((1..=LATEST_SECONDS).contains(&seconds), "seconds are from 1 to a year"),
            What::Repeated { copies } | What::AtOnce { copies } => (several(copies), "copies are from 2 to 50"),
            What::Reordered { events, .. } => (several(events), "events are from 2 to 50"),
            What::Status { status, .. } => ((200..=599).contains(&status), "a status is from 200 to 599"),
            What::Slow { ms } => ((1..=SLOWEST_MS).contains(&ms), "ms are from 1 to 60000"),
            What::AfterExpiry
            | What::Lost
            | What::Signed { .. }
            | What::Changed { .. }
            | What::WrongAmount
            | What::WrongCurrency
            | What::Half
            | What::NoAnswer { .. } => (true, ""),
        };
        if fits { Ok(()) } else { Err(why.to_owned()) }
    }
}

/// All faults, and the chance that some of them depend on.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    pub chance: Chance,
    /// Of two faults that fit, the first one happens.
    pub faults: Vec<Fault>,
    next_id: u64,
}

impl Plan {
    /// Adds a fault; its name in the plan.
    ///
    /// # Errors
    /// A sentence for whoever asked, when it could never happen or is out of all bounds. Nothing is added then.
    pub fn add(&mut self, when: When, what: What) -> Result<u64, String> {
        what.check()?;
        if when.times == Some(0) {
            return Err("times is 1 or more, or absent".to_owned());
        }
        if when.per_cent.is_some_and(|per_cent| !(1..=100).contains(&per_cent)) {
            return Err("per_cent is from 1 to 100".to_owned());
        }
        self.next_id += 1;
        self.faults.push(Fault { id: self.next_id, when, what });
        Ok(self.next_id)
    }

    /// Removes a fault; `false` when there is none of this name. What it has spoiled already stays so.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.faults.len();
        self.faults.retain(|fault| fault.id != id);
        self.faults.len() < before
    }

    /// What is planned for an event; it is used up as far as it can be.
    fn take_event(&mut self, parcel: &Parcel<'_>) -> Option<Fault> {
        let names = |wanted: &str| parcel.session == wanted || parcel.body.contains(&format!("\"{wanted}\""));
        self.take(|Fault { when, what, .. }| {
            what.is_of_events() && when.fits(parcel.provider, names) && parcel.kind.starts_with(&when.on)
        })
    }

    /// What is planned for a call of an API; it is used up as far as it can be.
    pub fn take_call(&mut self, provider: Provider, method: &Method, path: &str) -> Option<What> {
        let names = |wanted: &str| path.split('/').any(|step| step == wanted);
        let call = format!("{method} {path}");
        let taken = self.take(|Fault { when, what, .. }| {
            let on = when.on.trim_matches('/');
            !what.is_of_events() && when.fits(provider, names) && (path.starts_with(on) || call.starts_with(on))
        });
        taken.map(|fault| fault.what)
    }

    fn take(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let chance = &mut self.chance;
        let mut comes = |fault: &&Fault| fits(fault) && fault.when.per_cent.is_none_or(|share| chance.hits(share));
        let fault = self.faults.iter().find(|fault| comes(fault))?.clone();
        // One that holds webhooks back happens when it lets them go.
        if !matches!(fault.what, What::Reordered { .. }) {
            self.use_up(fault.id);
        }
        Some(fault)
    }

    fn use_up(&mut self, id: u64) {
        if let Some(times) =
            self.faults.iter_mut().find(|fault| fault.id == id).and_then(|fault| fault.when.times.as_mut())
        {
            *times -= 1;
        }
        self.faults.retain(|fault| fault.when.times != Some(0));
    }
}

impl When {
    fn fits(&self, provider: Provider, names: impl Fn(&str) -> bool) -> bool {
        self.provider.is_none_or(|one| one == provider) && self.session.as_deref().is_none_or(names)
    }

    /// Whether it is about the same provider and session as another: what one scenario plans, the next one replaces.
    pub fn has_scope_of(&self, other: &When) -> bool {
        (self.provider, &self.session) == (other.provider, &other.session)
    }
}

#[cfg(test)]
mod tests;
