//! What happens because time passes: slips run out, and payments that were begun in a session end with it.

use super::model::{Payment, PaymentStatus};
use super::pay;
use crate::domain::Timestamp;
use crate::simulator::state::{State, World};

/// Whether `pass_time` would do anything.
pub fn is_due(state: &State, now: Timestamp) -> bool {
    state.komoju.payments.iter().any(|payment| has_ended(state, payment, now))
}

/// Expires what is due, oldest first. Sessions need no help: whether one is expired follows from the clock.
pub fn pass_time(world: &mut World<'_>) {
    let (state, now) = (&*world.state, world.now);
    let due = state.komoju.payments.iter().filter(|payment| has_ended(state, payment, now));
    let due: Vec<String> = due.map(|payment| payment.id.clone()).collect();
    for payment in due {
        pay::end(world, &payment, PaymentStatus::Expired);
    }
}

fn has_ended(state: &State, payment: &Payment, now: Timestamp) -> bool {
    match payment.status {
        PaymentStatus::Authorized => now > payment.deadline,
        PaymentStatus::Pending => {
            state.komoju.session(&payment.session).is_none_or(|session| now >= session.expires_at)
        }
        PaymentStatus::Captured
        | PaymentStatus::Refunded
        | PaymentStatus::Cancelled
        | PaymentStatus::Expired
        | PaymentStatus::Failed => false,
    }
}
