//! `X-KOMOJU-IDEMPOTENCY`: the first answer to a key is the answer for 24 hours.

use super::error::Refusal;
use super::switches::{IDEMPOTENCY_OTHER_BODY, IDEMPOTENCY_REPLAYS_ERRORS, ON};
use crate::domain::Timestamp;
use crate::simulator::state::{World, keep_newest};
use crate::simulator::times::DAY_MS;
use axum::http::HeaderMap;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

pub const HEADER: &str = "x-komoju-idempotency";

/// How many keys are remembered.
const MOST: usize = 5_000;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Records {
    /// Keys whose first request still runs. Nothing runs after a restart.
    #[serde(skip)]
    in_flight: BTreeSet<String>,
    answered: Vec<Record>,
}

#[derive(Serialize, Deserialize)]
struct Record {
    key: String,
    fingerprint: String,
    first_used_at: Timestamp,
    status: u16,
    body: String,
}

/// What to do with a request that carries a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// The first of its key: do the work, then `finish`.
    Work,
    /// The answer that its key got before.
    Replay { status: u16, body: String },
}

/// The request's key, if it has one.
///
/// # Errors
/// When it is empty, longer than 100 characters or not ASCII.
pub fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let refused = || Refusal::bad_request("The idempotency key must be 1 to 100 ASCII characters");
    let key = value.to_str().map_err(|_| refused())?;
    if key.is_empty() || key.len() > 100 {
        return Err(refused());
    }
    Ok(Some(key.to_owned()))
}

/// Tells one request from another.
pub fn fingerprint(method: &str, path: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(method);
    hash.update(" ");
    hash.update(path);
    hash.update("\n");
    hash.update(body);
    HEXLOWER.encode(&hash.finalize())
}

/// # Errors
/// When the first request with this key still runs, or had another content and the switch forbids that.
pub fn begin(world: &mut World<'_>, key: &str, fingerprint: &str) -> Result<Turn, Refusal> {
    let now = world.now;
    let records = &mut world.state.komoju.idempotency;
    records.answered.retain(|record| now < record.first_used_at.saturating_add(DAY_MS));
    if records.in_flight.contains(key) {
        return Err(Refusal::in_flight());
    }
    if let Some(record) = records.answered.iter().find(|record| record.key == key) {
        if record.fingerprint != fingerprint && world.state.switches.is(&IDEMPOTENCY_OTHER_BODY, "422") {
            return Err(Refusal::unprocessable("This idempotency key was used for another request"));
        }
        return Ok(Turn::Replay { status: record.status, body: record.body.clone() });
    }
    records.in_flight.insert(key.to_owned());
    Ok(Turn::Work)
}

/// Remembers the answer to the first request of a key.
pub fn finish(world: &mut World<'_>, key: &str, fingerprint: String, status: u16, body: &str) {
    let remember = status < 400 || world.state.switches.is(&IDEMPOTENCY_REPLAYS_ERRORS, ON);
    let records = &mut world.state.komoju.idempotency;
    records.in_flight.remove(key);
    if remember {
        let (key, body) = (key.to_owned(), body.to_owned());
        records.answered.push(Record { key, fingerprint, first_used_at: world.now, status, body });
        keep_newest(&mut records.answered, MOST);
    }
}
