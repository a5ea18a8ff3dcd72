//! What an outcome sets in motion: the payment's state, the session's, and the events, together or not at all.
//!
//! Whoever calls these holds the state's lock, and each function looks first whether the session still takes cards: the
//! second of two clicks on "Pay" finds it completed and makes no second payment.

use super::cards::Verdict;
use super::model::{Payment, PaymentStatus, SessionStatus};
use super::names;
use super::switches::{AFTER_DECLINE, PARTIAL_CAPTURE, PAYMENT_PER_TRY};
use super::webhook::announce;
use crate::simulator::state::World;

/// What became of a try to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The session is completed.
    Done,
    /// The card's holder is to be asked.
    Challenge,
    Declined,
    /// The session took no card: nothing was done.
    Closed,
}

/// What the page says when the card's bank refused in its own page.
const CHALLENGE_FAILED: &str = "The bank could not confirm that the card is yours.";

/// Pays with a card.
pub fn card(world: &mut World<'_>, session: &str, verdict: Verdict, last_four_digits: &str) -> Outcome {
    let Some(payment) = begin(world, session, last_four_digits) else { return Outcome::Closed };
    match verdict {
        Verdict::Paid => conclude(world, session, &payment),
        Verdict::Declined(why) => {
            decline(world, session, &payment, why);
            Outcome::Declined
        }
        Verdict::Challenge => {
            if let Some(payment) = world.state.bpc.payment_mut(&payment) {
                payment.status = PaymentStatus::RequiresAction;
            }
            if let Some(session) = world.state.bpc.session_mut(session) {
                session.challenge = true;
            }
            Outcome::Challenge
        }
    }
}

/// The card's bank has asked its holder.
pub fn answer_challenge(world: &mut World<'_>, session: &str, passed: bool) -> Outcome {
    let now = world.now;
    let open = world.state.bpc.session_mut(session).filter(|session| session.takes_cards(now) && session.challenge);
    let Some(payment) = open.and_then(|session| {
        session.challenge = false;
        session.payment.clone()
    }) else {
        return Outcome::Closed;
    };
    if passed {
        return conclude(world, session, &payment);
    }
    decline(world, session, &payment, CHALLENGE_FAILED);
    Outcome::Declined
}

/// Begins a try: a payment of its own, or the session's one payment again.
fn begin(world: &mut World<'_>, session: &str, last_four_digits: &str) -> Option<String> {
    let now = world.now;
    let one_for_all = world.state.switches.is(&PAYMENT_PER_TRY, "one_for_all");
    let bpc = &mut world.state.bpc;
    let session = bpc.session_mut(session).filter(|session| session.takes_cards(now))?;
    session.declined = None;
    session.challenge = false;
    if let Some(earlier) = session.payment.clone().filter(|_| one_for_all) {
        let payment = bpc.payment_mut(&earlier)?;
        payment.last_four_digits = last_four_digits.to_owned();
        return Some(earlier);
    }
    let id = names::payment();
    session.payment = Some(id.clone());
    let payment = Payment {
        id: id.clone(),
        session: session.id.clone(),
        amount: session.amount,
        captured: 0,
        capturable: 0,
        refunded: 0,
        status: PaymentStatus::RequiresPaymentMethod,
        created_at: now,
        last_four_digits: last_four_digits.to_owned(),
    };
    bpc.add_payment(payment);
    announce(world, &id, "payment.created");
    Some(id)
}

/// The money is taken, or held; either completes the session.
fn conclude(world: &mut World<'_>, session: &str, payment: &str) -> Outcome {
    let bpc = &mut world.state.bpc;
    let Some(session) = bpc.session_mut(session) else { return Outcome::Closed };
    session.status = SessionStatus::Completed;
    let (id, held) = (session.id.clone(), session.manual_capture);
    if let Some(payment) = bpc.payment_mut(payment) {
        payment.status = if held { PaymentStatus::RequiresCapture } else { PaymentStatus::Succeeded };
        (payment.captured, payment.capturable) = if held { (0, payment.amount) } else { (payment.amount, 0) };
    }
    announce(world, payment, if held { "payment.amountCapturableUpdated" } else { "payment.succeeded" });
    announce(world, &id, "session.completed");
    Outcome::Done
}

/// Writes down a failed try. What the session is afterwards, the switch says.
fn decline(world: &mut World<'_>, session: &str, payment: &str, why: &str) {
    let one_for_all = world.state.switches.is(&PAYMENT_PER_TRY, "one_for_all");
    if let Some(payment) = world.state.bpc.payment_mut(payment) {
        payment.status = if one_for_all { PaymentStatus::RequiresPaymentMethod } else { PaymentStatus::Failed };
    }
    announce(world, payment, "payment.failed");
    let after = world.state.switches.value(&AFTER_DECLINE).to_owned();
    let Some(open) = world.state.bpc.session_mut(session) else { return };
    open.declined = Some(why.to_owned());
    open.closed = after == "end";
    if after == "expire" {
        expire(world, session);
    }
}

/// Ends an open session. `false` when it is not open.
pub fn expire(world: &mut World<'_>, session: &str) -> bool {
    let open = world.state.bpc.session_mut(session).filter(|session| session.status == SessionStatus::Open);
    let Some(session) = open else { return false };
    session.status = SessionStatus::Expired;
    session.challenge = false;
    let id = session.id.clone();
    announce(world, &id, "session.expired");
    true
}

/// Takes held money: all of it, or a part. `false` when there is not that much to take.
pub fn capture(world: &mut World<'_>, payment: &str, part: Option<i64>) -> bool {
    let closes = world.state.switches.is(&PARTIAL_CAPTURE, "closes");
    let Some(held) = world.state.bpc.payment_mut(payment) else { return false };
    let amount = part.unwrap_or(held.capturable);
    if held.status != PaymentStatus::RequiresCapture || !(1..=held.capturable).contains(&amount) {
        return false;
    }
    held.captured += amount;
    held.capturable = if closes { 0 } else { held.capturable - amount };
    let done = held.capturable == 0;
    if done {
        held.status = PaymentStatus::Succeeded;
    }
    announce(world, payment, "payment.funded");
    if done {
        announce(world, payment, "payment.succeeded");
    }
    true
}

/// Lets a payment go from which nothing was taken yet. `false` when that is no longer possible.
pub fn cancel(world: &mut World<'_>, payment: &str) -> bool {
    let Some(open) = world.state.bpc.payment_mut(payment) else { return false };
    let early = matches!(
        open.status,
        PaymentStatus::RequiresPaymentMethod | PaymentStatus::RequiresAction | PaymentStatus::RequiresCapture
    );
    if !early || open.captured > 0 {
        return false;
    }
    open.status = PaymentStatus::Canceled;
    open.capturable = 0;
    let session = open.session.clone();
    if let Some(session) = world.state.bpc.session_mut(&session) {
        session.challenge = false;
    }
    announce(world, payment, "payment.canceled");
    true
}
