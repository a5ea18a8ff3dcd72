//! StableMint's bodies. Amounts are decimal numbers in major units; they are written and read as text, never as floating
//! point, in which there is no 4.35.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, Value};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRequest<'a> {
    pub user_id: &'a str,
    pub user_email: &'a str,
    pub user_country_code: &'a str,
    pub currency: &'a str,
    pub amount: Box<RawValue>,
    pub success_url: String,
    pub support_url: String,
    pub exit_url: String,
    pub error_url: String,
    pub idempotency_key: &'a str,
    /// Comes back in every webhook.
    pub website_reference: &'a str,
    pub custom_fields: CustomFields<'a>,
}

#[derive(Serialize)]
pub struct CustomFields<'a> {
    pub order: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub url: String,
    /// A number, and of what is not documented.
    pub expires_at: Option<Value>,
    pub reference: String,
}

/// Both shapes of a webhook in one: flat, or an envelope with `eventId` and `data`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub event_id: Option<String>,
    pub data: Option<Deposit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deposit {
    /// The event's name: `notificationType` in flat bodies, `eventType` in enveloped ones.
    #[serde(alias = "eventType")]
    pub notification_type: String,
    pub amount: Option<Box<RawValue>>,
    pub currency: Option<String>,
    pub website_reference: Option<String>,
    pub idempotency_key: Option<String>,
    pub reference: Option<String>,
    pub payment_reference: Option<String>,
    pub session_id: Option<String>,
}
