//! What happens to a deposit: the session's state and the events, together or not at all.
//!
//! Whoever calls these holds the state's lock, and each function looks first at the state: the second of two clicks on
//! "Pay" finds the session paid and makes no second deposit.

use super::model::Status;
use super::switches::{AFTER_FAILURE, EXIT_ENDS_SESSION, ON, STEPS};
use super::webhook::{self, Step};
use crate::simulator::state::World;

/// The customer pays, and the money is there at once.
pub fn pay(world: &mut World<'_>, reference: &str) -> bool {
    order(world, reference) && confirm(world, reference)
}

/// The customer orders the transfer. `false` when the session is not open.
pub fn order(world: &mut World<'_>, reference: &str) -> bool {
    let now = world.now;
    let open = world.state.stablemint.session_mut(reference).filter(|session| session.is_open(now));
    let Some(session) = open else { return false };
    session.status = Status::Submitted;
    tell_way(world, reference, &[Step::Created, Step::Initiated, Step::Submitted]);
    true
}

/// The money is there. It may come late, after the session ended otherwise; `false` only when it came before.
pub fn confirm(world: &mut World<'_>, reference: &str) -> bool {
    let Some(session) = world.state.stablemint.session_mut(reference) else { return false };
    let before = session.status;
    match before {
        Status::Paid => return false,
        Status::Open | Status::Submitted | Status::Failed | Status::Left | Status::Expired => {}
    }
    session.status = Status::Paid;
    if before != Status::Submitted {
        tell_way(world, reference, &[Step::Created, Step::Initiated, Step::Submitted]);
    }
    tell_way(world, reference, &[Step::Reconciled]);
    webhook::announce(world, reference, Step::Accepted);
    tell_way(world, reference, &[Step::Completed]);
    true
}

/// The payment fails, on the page or later. `false` when there is none that could.
pub fn fail(world: &mut World<'_>, reference: &str) -> bool {
    let now = world.now;
    let stays_open = world.state.switches.is(&AFTER_FAILURE, "stays_open");
    let Some(session) = world.state.stablemint.session_mut(reference) else { return false };
    let on_page = session.is_open(now);
    if !on_page && session.status != Status::Submitted {
        return false;
    }
    session.failed_before = true;
    session.status = if on_page && stays_open { Status::Open } else { Status::Failed };
    if on_page {
        tell_way(world, reference, &[Step::Created, Step::Initiated, Step::Submitted]);
    }
    webhook::announce(world, reference, Step::Failed);
    true
}

/// The customer leaves without paying. Nothing is told.
pub fn leave(world: &mut World<'_>, reference: &str) {
    let (now, ends) = (world.now, world.state.switches.is(&EXIT_ENDS_SESSION, ON));
    let open = world.state.stablemint.session_mut(reference).filter(|session| session.is_open(now));
    if let Some(session) = open.filter(|_| ends) {
        session.status = Status::Left;
    }
}

/// The session's time is over. Nothing is told. `false` when it is not open.
pub fn expire(world: &mut World<'_>, reference: &str) -> bool {
    let open = world.state.stablemint.session_mut(reference).filter(|session| session.status == Status::Open);
    let Some(session) = open else { return false };
    session.status = Status::Expired;
    true
}

/// Steps on the way, which a merchant may not have subscribed to.
fn tell_way(world: &mut World<'_>, reference: &str, steps: &[Step]) {
    if world.state.switches.is(&STEPS, "all") {
        for step in steps {
            webhook::announce(world, reference, *step);
        }
    }
}
