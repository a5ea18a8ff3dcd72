//! StableMint's part of `/control/state`.

use crate::domain::Timestamp;
use crate::simulator::state::State;
use serde_json::{Value, json};

pub fn all(_state: &State, _base_url: &str, _now: Timestamp) -> Value {
    json!({ "sessions": [] })
}
