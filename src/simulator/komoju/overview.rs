//! KOMOJU's part of `/control/state`: sessions and payments as the API shows them, newest first.

use super::platform::settlements;
use super::wire::{self, Paper, Version};
use crate::domain::Timestamp;
use crate::simulator::state::State;
use serde_json::{Value, json};

pub fn all(state: &State, base_url: &str, now: Timestamp) -> Value {
    json!({
        "sessions": sessions(state, base_url, now),
        "payments": payments(state),
        "sellers": state.komoju.sellers,
        "settlements": state.komoju.settlements.iter().rev().map(settlements::body).collect::<Vec<_>>(),
    })
}

fn sessions(state: &State, base_url: &str, now: Timestamp) -> Vec<Value> {
    let paper = Paper { base_url, now, switches: &state.switches, version: Version::default_of(&state.switches) };
    let komoju = &state.komoju;
    let body = |session| serde_json::to_value(wire::session(session, komoju.payment_of(session), &paper));
    komoju.sessions.iter().rev().filter_map(|session| body(session).ok()).collect()
}

fn payments(state: &State) -> Vec<Value> {
    let version = Version::default_of(&state.switches);
    let body = |payment| serde_json::to_value(wire::payment(payment, &state.switches, version));
    state.komoju.payments.iter().rev().filter_map(|payment| body(payment).ok()).collect()
}
