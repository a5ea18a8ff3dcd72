//! Who calls: an API key, a timestamp, and the merchant's RSA signature over both and, by dialect, the customer or the body.

use super::error::Refusal;
use super::model::Dialect;
use super::switches::CLOCK_TOLERANCE;
use crate::domain::Timestamp;
use crate::simulator::call::Call;
use crate::simulator::state::State;
use crate::simulator::times::SECOND_MS;
use data_encoding::BASE64;
use serde::Deserialize;

/// The first dialect signs `<timestamp>,<secret>,<userId>`: the body could be another, and is not found out. The second
/// signs `<timestamp>,<secret>,<body>`.
///
/// # Errors
/// 401 when something is missing or wrong; in the first dialect a content error when there is no `userId` to check with.
pub fn check(state: &State, call: &Call, dialect: Dialect) -> Result<(), Refusal> {
    let keys = state.stablemint.keys().ok_or_else(|| Refusal::planned(500))?;
    let unauthorised = |why: &str| Refusal::unauthorised(why);
    // The pages of the first dialect write the header both ways; in HTTP they are two different ones.
    let api_key = match dialect {
        Dialect::V1 => call.header("api_key").or_else(|| call.header("apikey")),
        Dialect::V2 => call.header("apikey"),
    };
    if api_key != Some(keys.api_key.as_str()) {
        return Err(unauthorised("The API key is missing or not known"));
    }
    let written = call.header("timestamp").ok_or_else(|| unauthorised("timestamp is missing"))?;
    if !is_recent(state, written, dialect, call.at) {
        return Err(unauthorised("timestamp is not a time close to now"));
    }
    let signature = call.header("signature").ok_or_else(|| unauthorised("signature is missing"))?;
    let signature = BASE64.decode(signature.as_bytes()).map_err(|_| unauthorised("signature is not base64"))?;
    let mut message = format!("{written},{},", keys.api_secret).into_bytes();
    match dialect {
        Dialect::V1 => message.extend(user_id(&call.body)?.into_bytes()),
        Dialect::V2 => message.extend(&call.body),
    }
    match keys.merchant.verifies(&message, &signature) {
        true => Ok(()),
        false => Err(unauthorised("signature does not verify")),
    }
}

fn is_recent(state: &State, written: &str, dialect: Dialect, now: Timestamp) -> bool {
    let unit_ms = match dialect {
        Dialect::V1 => 1,
        Dialect::V2 => SECOND_MS,
    };
    let Some(at) = written.parse::<i64>().ok().and_then(|time| time.checked_mul(unit_ms)) else { return false };
    let tolerance = state.switches.value(&CLOCK_TOLERANCE).parse::<i64>();
    tolerance.map_or(true, |seconds| now.saturating_sub(at).unsigned_abs() <= seconds.unsigned_abs() * 1_000)
}

fn user_id(body: &[u8]) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Signed {
        user_id: Option<String>,
    }
    let signed: Signed = serde_json::from_slice(body).map_err(|_| Refusal::no_json())?;
    signed.user_id.ok_or_else(|| Refusal::missing("userId"))
}
