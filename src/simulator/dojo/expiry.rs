//! What happens because time passes: unpaid intents are cancelled, held money is let go or taken.

use super::model::{Intent, Status};
use super::pay;
use crate::domain::Timestamp;
use crate::simulator::state::{State, World};

/// Whether `pass_time` would do anything.
pub fn is_due(state: &State, now: Timestamp) -> bool {
    state.dojo.intents.iter().any(|intent| has_ended(intent, now))
}

/// Ends what is due, oldest first.
pub fn pass_time(world: &mut World<'_>) {
    let now = world.now;
    let due = world.state.dojo.intents.iter().filter(|intent| has_ended(intent, now));
    let due: Vec<String> = due.map(|intent| intent.id.clone()).collect();
    for intent in due {
        pay::run_out(world, &intent);
    }
}

fn has_ended(intent: &Intent, now: Timestamp) -> bool {
    let unpaid = intent.status == Status::Created && now >= intent.expires_at;
    let held = intent.status == Status::Authorized && intent.held_until().is_some_and(|until| now >= until);
    unpaid || held
}
