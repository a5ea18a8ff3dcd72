//! Dojo's part of `/control/state`: intents as the API shows them, newest first.

use super::wire::{self, Freshness};
use crate::domain::Timestamp;
use crate::simulator::state::State;
use serde_json::{Value, json};

pub fn all(state: &State, base_url: &str, _now: Timestamp) -> Value {
    let body = |intent| serde_json::to_value(wire::intent(intent, base_url, Freshness::Old)).ok();
    json!({ "intents": state.dojo.intents.iter().rev().filter_map(body).collect::<Vec<_>>() })
}
