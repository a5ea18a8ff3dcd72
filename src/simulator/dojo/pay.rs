//! What an outcome sets in motion: the intent's status, what is written down about it, and the events, together or not
//! at all.
//!
//! Whoever calls these holds the state's lock, and each function looks first whether the intent is still open: the
//! second of two clicks on "Pay" finds it captured and takes no second payment.

use super::cards::Kind;
use super::model::{AutoExpire, CaptureMode, Intent, PaymentEvent, Status, Tried};
use super::switches::{AUTHORIZED_EVENT, DECLINE_EVENT};
use super::webhook::{announce, announce_as};
use crate::simulator::state::World;
use crate::simulator::switches::ON;

/// What became of a try to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Paid,
    /// The card's holder is to be asked by the bank.
    Challenge,
    Declined,
    /// The intent was not open: nothing was done.
    Closed,
}

/// Tries a card.
pub fn card(world: &mut World<'_>, id: &str, kind: Kind, tried: Tried) -> Outcome {
    match kind {
        Kind::Accepted => accept(world, id, tried),
        Kind::Declined => decline(world, id, tried),
        Kind::Challenge => {
            let Some(intent) = open(world, id) else { return Outcome::Closed };
            intent.challenge = Some(tried.clone());
            write_down(intent, "AuthChallenged", tried);
            Outcome::Challenge
        }
    }
}

/// The holder's answer to the bank.
pub fn answer_challenge(world: &mut World<'_>, id: &str, passed: bool) -> Outcome {
    let Some(tried) = open(world, id).and_then(|intent| intent.challenge.take()) else { return Outcome::Closed };
    if passed { accept(world, id, tried) } else { decline(world, id, tried) }
}

fn open<'a>(world: &'a mut World<'_>, id: &str) -> Option<&'a mut Intent> {
    let now = world.now;
    world.state.dojo.intent_mut(id).filter(|intent| intent.is_open(now))
}

fn accept(world: &mut World<'_>, id: &str, tried: Tried) -> Outcome {
    let tells_first = world.state.switches.is(&AUTHORIZED_EVENT, ON);
    let Some(intent) = open(world, id) else { return Outcome::Closed };
    let (status, name) = match intent.mode {
        CaptureMode::Auto => (Status::Captured, "Captured"),
        CaptureMode::Manual => (Status::Authorized, "Authorized"),
    };
    intent.challenge = None;
    intent.paid = Some(tried.clone());
    write_down(intent, name, tried);
    let auto = intent.mode == CaptureMode::Auto;
    if auto && tells_first {
        announce_as(world, id, Status::Authorized);
    }
    set_status(world, id, status);
    Outcome::Paid
}

/// A decline leaves the intent as it is: the customer may try again.
fn decline(world: &mut World<'_>, id: &str, tried: Tried) -> Outcome {
    let tells = world.state.switches.is(&DECLINE_EVENT, "status_updated");
    let Some(intent) = open(world, id) else { return Outcome::Closed };
    intent.challenge = None;
    write_down(intent, "Declined", tried);
    if tells {
        announce(world, id, "payment_intent.status_updated");
    }
    Outcome::Declined
}

/// Ends an intent that nobody paid. `false` when it is not Created.
pub fn cancel(world: &mut World<'_>, id: &str) -> bool {
    let now = world.now;
    let Some(intent) = world.state.dojo.intent_mut(id).filter(|intent| intent.status == Status::Created) else {
        return false;
    };
    intent.challenge = None;
    intent.events.push(PaymentEvent { kind: "Canceled".to_owned(), at: now, tried: None });
    set_status(world, id, Status::Canceled);
    true
}

/// Ends what nobody acted on in time: an unpaid intent is cancelled, held money is let go or taken. `false` when there
/// is nothing to end.
pub fn run_out(world: &mut World<'_>, id: &str) -> bool {
    let Some(intent) = world.state.dojo.intent(id) else { return false };
    match (intent.status, intent.auto_expire_action) {
        (Status::Created, _) => cancel(world, id),
        (Status::Authorized, Some(AutoExpire::Capture)) => super::captures::take(world, id, None, 0).is_some(),
        (Status::Authorized, Some(AutoExpire::Release) | None) => {
            super::captures::let_go(world, id);
            true
        }
        (Status::Captured | Status::Reversed | Status::Refunded | Status::Canceled, _) => false,
    }
}

/// Adds what happened with the card that paid.
pub fn write_down_paid(intent: &mut Intent, kind: &str, now: i64) {
    intent.events.push(PaymentEvent { kind: kind.to_owned(), at: now, tried: intent.paid.clone() });
}

/// Changes the status and tells the merchant.
pub fn set_status(world: &mut World<'_>, id: &str, status: Status) {
    let now = world.now;
    if let Some(intent) = world.state.dojo.intent_mut(id) {
        intent.status = status;
        intent.updated_at = now;
    }
    announce(world, id, "payment_intent.status_updated");
}

fn write_down(intent: &mut Intent, kind: &str, tried: Tried) {
    intent.events.push(PaymentEvent { kind: kind.to_owned(), at: tried.at, tried: Some(tried) });
}
