//! BPC's part of `/control/state`: sessions as the API shows them, newest first, each with its payments and refunds,
//! which the API does not show there.

use super::wire;
use crate::domain::Timestamp;
use crate::simulator::state::State;
use serde_json::{Value, json};

pub fn all(state: &State, _base_url: &str, _now: Timestamp) -> Value {
    let sessions = state.bpc.sessions.iter().rev().map(|session| {
        let payments = state.bpc.payments.iter().filter(|payment| payment.session == session.id);
        let payments: Vec<Value> = payments.map(|payment| json!(wire::payment(payment, state))).collect();
        let mut shown = json!(wire::session(session, state));
        shown["_payments"] = Value::Array(payments);
        shown
    });
    json!({ "sessions": sessions.collect::<Vec<_>>() })
}
