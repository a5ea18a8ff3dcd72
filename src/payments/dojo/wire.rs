//! Dojo's bodies, as far as the shop reads them. Unknown fields are ignored; a missing one that is needed is an error
//! that names it.

use crate::payments::{ProviderError, Unreadable};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    pub id: String,
    pub status: Status,
    #[serde(default)]
    pub capture_mode: CaptureMode,
    pub amount: Amount,
    /// With tips and service charge; the shop asks for neither.
    pub total_amount: Option<Amount>,
    /// Minor units.
    #[serde(default)]
    pub refunded_amount: i64,
    #[serde(default)]
    pub reference: String,
    pub payment_link: Option<String>,
    /// Only with manual capture.
    #[serde(default)]
    pub captures: Vec<CaptureMade>,
    #[serde(default)]
    pub payment_events: Vec<PaymentEvent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Status {
    Created,
    Authorized,
    Captured,
    Reversed,
    Refunded,
    Canceled,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum CaptureMode {
    #[default]
    Auto,
    Manual,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Amount {
    pub value: i64,
    pub currency_code: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct CaptureMade {
    pub amount: i64,
    pub status: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEvent {
    pub event_type: String,
}

/// A page of a search.
#[derive(Deserialize)]
pub struct Found {
    /// Each still to be read: among a merchant's intents may be one of a kind that the shop never makes.
    pub data: Vec<Value>,
    pub after: Option<String>,
}

/// Field by field, what is wrong with a request.
#[derive(Deserialize)]
pub struct Refusal {
    #[serde(default)]
    pub errors: BTreeMap<String, Value>,
}

/// A webhook, with all its keys in small letters: Dojo's documentation has `paymentIntentId`, and a merchant has received
/// `PaymentIntentId`.
#[derive(Deserialize)]
pub struct Event {
    pub id: String,
    pub event: String,
    #[serde(default)]
    pub data: Value,
}

#[derive(Deserialize)]
pub struct EventData {
    pub paymentintentid: String,
    pub paymentstatus: Status,
    #[serde(default)]
    pub capturemode: CaptureMode,
}

pub fn intent(value: Value) -> Result<Intent, ProviderError> {
    serde_json::from_value(value).map_err(|error| ProviderError::Unintelligible { cause: error.to_string() })
}

/// Reads JSON whose keys may come in any case.
pub fn read_loosely<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    let value: Value = serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))?;
    serde_json::from_value(with_small_keys(value)).map_err(|error| Unreadable(error.to_string()))
}

fn with_small_keys(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.into_iter().map(|(key, value)| (key.to_ascii_lowercase(), with_small_keys(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(with_small_keys).collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}
