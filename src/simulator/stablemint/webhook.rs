//! Events: made, and what makes a delivery of one StableMint's.

use crate::domain::Timestamp;
use crate::simulator::delivery::Delivery;
use crate::simulator::provider::{Headers, Signature};
use crate::simulator::state::State;

pub const RETRY_AFTER_MS: [i64; 0] = [];

/// The headers of one try.
pub fn headers(_state: &State, _delivery: &Delivery, _now: Timestamp) -> Headers {
    Vec::new()
}

/// The headers of what a test sends by hand.
pub fn sign(_state: &State, _body: &str, _signature: Signature, _now: Timestamp) -> Headers {
    Vec::new()
}

/// An event about a session as it stands; `None` when there is no such session.
pub fn about(_state: &State, _session: &str, _kind: &str, _now: Timestamp) -> Option<String> {
    None
}
