//! What an outcome sets in motion: the payment's state, the session's, and the events, together or not at all.
//!
//! Whoever calls these holds the state's lock, and each function looks first whether the session is still open: the
//! second of two clicks on "Pay" finds it completed and makes no second payment.

use super::cards::{Card, Kind};
use super::error::Decline;
use super::model::{Challenge, Details, Payment, PaymentStatus, SessionStatus};
use super::switches::{
    AUTHORIZED_BEFORE_CAPTURED, FAILED_PAYMENT_STATUS, ON, RETURN_WITHOUT_PAYING, UPDATED_WITH_CAPTURED,
    UPDATED_WITH_ENDED,
};
use super::webhook::announce;
use crate::domain::Timestamp;
use crate::simulator::state::World;
use crate::simulator::{ids, times};

/// How long a slip can be paid: until the end of this many days after today, in Japan.
const SLIP_DAYS: i64 = 3;

/// The deadline that card and wallet payments carry; a card that is only held is let go at it.
const CARD_DAYS: i64 = 2;

/// What became of a try to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The session is completed.
    Done,
    /// The card's holder is to be asked for the password.
    Challenge,
    Declined(Decline),
    /// The session was not open: nothing was done.
    Closed,
}

/// Pays with a card.
pub fn card(world: &mut World<'_>, session: &str, card: &Card, details: Details) -> Outcome {
    let now = world.now;
    let Some(open) = world.state.komoju.session_mut(session).filter(|session| session.is_open(now)) else {
        return Outcome::Closed;
    };
    let verdict = match (open.scenario, card.kind) {
        (Some(decline), _) | (None, Kind::Declined(decline)) => Err(decline),
        (None, Kind::FailsOnReturn) => Err(Decline::CardDeclined),
        (None, Kind::Accepted | Kind::Frictionless) => Ok(()),
        (None, Kind::Challenge(password)) => {
            open.challenge = Some(Challenge { details, password: password.map(str::to_owned) });
            return Outcome::Challenge;
        }
    };
    conclude_card(world, session, details, verdict)
}

/// Answers the question of the card's bank.
pub fn answer_challenge(world: &mut World<'_>, session: &str, password: &str) -> Outcome {
    let now = world.now;
    let open = world.state.komoju.session_mut(session).filter(|session| session.is_open(now));
    let Some(challenge) = open.and_then(|session| session.challenge.take()) else { return Outcome::Closed };
    let right = challenge.password.as_deref() == Some(password);
    conclude_card(world, session, challenge.details, if right { Ok(()) } else { Err(Decline::CardDeclined) })
}

fn conclude_card(world: &mut World<'_>, session: &str, details: Details, verdict: Result<(), Decline>) -> Outcome {
    let deadline = times::end_of_day_in_tokyo(world.now, CARD_DAYS);
    let Some(id) = begin(world, session, details, deadline) else { return Outcome::Closed };
    if let Err(decline) = verdict {
        fail(world, &id);
        return Outcome::Declined(decline);
    }
    let held = world.state.komoju.session(session).is_some_and(|session| session.manual_capture);
    complete(world, session);
    if held {
        authorise(world, &id);
    } else {
        capture(world, &id, None);
    }
    Outcome::Done
}

/// Issues a slip, or the account to transfer to: completed as a session, not yet paid.
pub fn issue_slip(world: &mut World<'_>, session: &str, details: impl FnOnce(&str, Timestamp) -> Details) -> Outcome {
    let now = world.now;
    let Some(open) = world.state.komoju.session(session).filter(|session| session.is_open(now)) else {
        return Outcome::Closed;
    };
    let deadline = times::end_of_day_in_tokyo(now, SLIP_DAYS);
    // The slip names the payment, so the payment's name has to be known before there is one.
    let id = open.payment.clone().unwrap_or_else(ids::id);
    let details = details(&id, deadline);
    let scenario = open.scenario;
    if begin_as(world, session, id.clone(), details, deadline).is_none() {
        return Outcome::Closed;
    }
    if let Some(decline) = scenario {
        fail(world, &id);
        return Outcome::Declined(decline);
    }
    complete(world, session);
    authorise(world, &id);
    Outcome::Done
}

/// Sends the customer off to a wallet; the payment stays pending until the wallet answers.
pub fn enter_wallet(world: &mut World<'_>, session: &str, details: Details) -> Outcome {
    let deadline = times::end_of_day_in_tokyo(world.now, CARD_DAYS);
    begin(world, session, details, deadline).map_or(Outcome::Closed, |_| Outcome::Challenge)
}

/// The wallet's answer: paid, or not.
pub fn leave_wallet(world: &mut World<'_>, session: &str, paid: bool) -> Outcome {
    let now = world.now;
    let open = world.state.komoju.session(session).filter(|session| session.is_open(now));
    let Some((id, scenario)) = open.and_then(|session| Some((session.payment.clone()?, session.scenario))) else {
        return Outcome::Closed;
    };
    if let Some(decline) = scenario.or((!paid).then_some(Decline::OtherError)) {
        fail(world, &id);
        return Outcome::Declined(decline);
    }
    complete(world, session);
    capture(world, &id, None);
    Outcome::Done
}

/// The customer goes back to the shop. Without having paid, the session becomes what the switch says.
pub fn go_back(world: &mut World<'_>, session: &str) {
    let (now, cancels) = (world.now, world.state.switches.is(&RETURN_WITHOUT_PAYING, "cancelled"));
    let open = world.state.komoju.session_mut(session).filter(|session| session.is_open(now));
    if let Some(open) = open.filter(|_| cancels) {
        open.status = SessionStatus::Cancelled;
        open.cancelled_at = Some(now);
        open.challenge = None;
    }
}

/// Takes the money: all of it, or a part of a held card. `false` when the payment's state does not allow it.
pub fn capture(world: &mut World<'_>, id: &str, part: Option<i64>) -> bool {
    let now = world.now;
    let Some(payment) = world.state.komoju.payment_mut(id) else { return false };
    let fresh = match payment.status {
        PaymentStatus::Pending | PaymentStatus::Failed => true,
        PaymentStatus::Authorized => false,
        PaymentStatus::Captured | PaymentStatus::Refunded | PaymentStatus::Cancelled | PaymentStatus::Expired => {
            return false;
        }
    };
    payment.status = PaymentStatus::Captured;
    payment.captured_at = Some(now);
    payment.captured_amount = part.filter(|part| *part < payment.amount);
    if fresh && world.state.switches.is(&AUTHORIZED_BEFORE_CAPTURED, ON) {
        announce(world, id, "payment.authorized");
    }
    if world.state.switches.is(&UPDATED_WITH_CAPTURED, ON) {
        announce(world, id, "payment.updated");
    }
    announce(world, id, "payment.captured");
    true
}

/// Ends an unpaid payment as cancelled or expired. `false` when there was nothing to end.
pub fn end(world: &mut World<'_>, id: &str, status: PaymentStatus) -> bool {
    let Some(payment) = world.state.komoju.payment_mut(id) else { return false };
    if !matches!(payment.status, PaymentStatus::Pending | PaymentStatus::Authorized) {
        return false;
    }
    payment.status = status;
    if world.state.switches.is(&UPDATED_WITH_ENDED, ON) {
        announce(world, id, "payment.updated");
    }
    announce(world, id, &format!("payment.{}", status.code()));
    true
}

/// Writes down a declined try. The session stays open. `false` when the payment is past that.
pub fn fail(world: &mut World<'_>, id: &str) -> bool {
    let pending = world.state.switches.is(&FAILED_PAYMENT_STATUS, "pending");
    let Some(payment) = world.state.komoju.payment_mut(id) else { return false };
    if !matches!(payment.status, PaymentStatus::Pending | PaymentStatus::Failed) {
        return false;
    }
    payment.status = if pending { PaymentStatus::Pending } else { PaymentStatus::Failed };
    announce(world, id, "payment.failed");
    true
}

fn authorise(world: &mut World<'_>, id: &str) {
    if let Some(payment) = world.state.komoju.payment_mut(id) {
        payment.status = PaymentStatus::Authorized;
    }
    announce(world, id, "payment.authorized");
}

fn complete(world: &mut World<'_>, session: &str) {
    let now = world.now;
    if let Some(session) = world.state.komoju.session_mut(session) {
        session.status = SessionStatus::Completed;
        session.completed_at = Some(now);
    }
}

fn begin(world: &mut World<'_>, session: &str, details: Details, deadline: Timestamp) -> Option<String> {
    let id = world.state.komoju.session(session)?.payment.clone().unwrap_or_else(ids::id);
    begin_as(world, session, id, details, deadline)
}

/// Begins a try. A session has one payment: a second try, perhaps with another method, is another try of the same one.
fn begin_as(world: &mut World<'_>, session: &str, id: String, details: Details, deadline: Timestamp) -> Option<String> {
    let now = world.now;
    let komoju = &mut world.state.komoju;
    let session = komoju.session_mut(session).filter(|session| session.is_open(now))?;
    let terms = details.method().terms(session.amount, &session.currency);
    session.payment = Some(id.clone());
    let payment = Payment {
        id: id.clone(),
        session: session.id.clone(),
        status: PaymentStatus::Pending,
        amount: terms.amount,
        currency: terms.currency,
        fee: terms.fee,
        details,
        deadline,
        description: None,
        captured_at: None,
        captured_amount: None,
        external_order_num: session.external_order_num.clone(),
        metadata: session.metadata.clone(),
        created_at: now,
        locale: session.locale.clone(),
        platform: session.platform.clone(),
        refunds: Vec::new(),
        refund_requests: Vec::new(),
    };
    match komoju.payment_mut(&id) {
        Some(earlier) => *earlier = Payment { created_at: earlier.created_at, ..payment },
        None => komoju.add_payment(payment),
    }
    Some(id)
}
