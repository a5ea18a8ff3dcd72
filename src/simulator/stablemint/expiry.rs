//! What happens because time passes: open sessions expire. No event tells of it.

use super::pay;
use crate::domain::Timestamp;
use crate::simulator::state::{State, World};

/// Whether `pass_time` would do anything.
pub fn is_due(state: &State, now: Timestamp) -> bool {
    state.stablemint.sessions.iter().any(|session| session.has_run_out(now))
}

/// Expires what is due.
pub fn pass_time(world: &mut World<'_>) {
    let due = world.state.stablemint.sessions.iter().filter(|session| session.has_run_out(world.now));
    let due: Vec<String> = due.map(|session| session.reference.clone()).collect();
    for reference in due {
        pay::expire(world, &reference);
    }
}
