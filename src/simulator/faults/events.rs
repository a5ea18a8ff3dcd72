//! What becomes of a webhook for which a fault is planned. What spoils its signature or its bytes happens when it is sent.

use super::{Plan, What};
use crate::domain::Timestamp;
use crate::simulator::delivery::{Deliveries, DeliveryState, Order, Parcel};
use crate::simulator::provider::Wrong;
use crate::simulator::state::State;
use crate::simulator::times::SECOND_MS;

/// How long after its session's end a webhook comes that is to come after it.
const AFTER_EXPIRY_MS: i64 = 3_600 * SECOND_MS;

/// How long a webhook is held at most when fewer follow than were to be put into another order.
const HELD_AT_MOST_MS: i64 = 60 * SECOND_MS;

/// Queues an event as is planned for it, or else as the mode says. Every event of every provider comes through here.
pub fn queue(state: &mut State, parcel: &Parcel<'_>, now: Timestamp) {
    let fault = state.plan.take_event(parcel);
    let what = fault.as_ref().map(|fault| fault.what).or_else(|| state.deliveries.mode.what());
    let Some(what) = what else {
        state.deliveries.push(parcel, now);
        return;
    };
    let body = match what {
        What::WrongAmount => parcel.provider.misstate(state, parcel, Wrong::Amount, now),
        What::WrongCurrency => parcel.provider.misstate(state, parcel, Wrong::Currency, now),
        _ => None,
    };
    let parcel = &Parcel { body: body.as_deref().unwrap_or(parcel.body), ..*parcel };
    let expires_at = parcel.provider.expires_at(state, parcel.session).unwrap_or(now);
    let State { deliveries, plan, .. } = state;
    let copies = if let What::Repeated { copies } | What::AtOnce { copies } = what { copies } else { 1 };
    let together = matches!(what, What::AtOnce { .. }).then(|| deliveries.next_rank());
    for _ in 0..copies {
        let delivery = deliveries.push(parcel, now);
        delivery.fault = Some(what);
        delivery.together = together;
        match what {
            What::Late { seconds } => delivery.next_try_at = now.saturating_add(seconds * SECOND_MS),
            What::AfterExpiry => delivery.next_try_at = expires_at.max(now).saturating_add(AFTER_EXPIRY_MS),
            What::Lost => delivery.state = DeliveryState::Dropped,
            What::Reordered { .. } => {
                delivery.next_try_at = now.saturating_add(HELD_AT_MOST_MS);
                delivery.held_by = fault.as_ref().map(|fault| fault.id);
            }
            _ => {}
        }
    }
    if let (What::Reordered { events, order }, Some(fault)) = (what, fault) {
        let_go_when_all_are_there(deliveries, plan, fault.id, usize::from(events), order, now);
    }
}

fn let_go_when_all_are_there(
    deliveries: &mut Deliveries,
    plan: &mut Plan,
    fault: u64,
    events: usize,
    order: Order,
    now: Timestamp,
) {
    let is_held = |delivery: &super::super::delivery::Delivery| delivery.held_by == Some(fault);
    if deliveries.list.iter().filter(|delivery| is_held(delivery)).count() >= events {
        deliveries.put_in_order(is_held, order, &mut plan.chance, now);
        plan.use_up(fault);
    }
}
