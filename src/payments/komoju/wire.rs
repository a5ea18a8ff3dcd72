//! KOMOJU's bodies, as far as the shop reads them. Unknown fields are ignored; a missing one that is needed is an
//! error that names it.

use serde::Deserialize;
use serde_json::Value;
use std::fmt;

#[derive(Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub data: Value,
    /// On every event; RFC 3339. Read leniently, because nothing about an order depends on it.
    #[serde(default)]
    pub created_at: Value,
    /// Text or null.
    #[serde(default)]
    pub reason: Value,
    /// Under whose account it happened: on `submerchant.*` events.
    #[serde(default)]
    pub submerchant_id: Value,
}

#[derive(Deserialize)]
pub struct Session {
    pub id: String,
    pub session_url: Option<String>,
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub status: SessionStatus,
    /// Expiry is a flag of its own, not a status.
    #[serde(default)]
    pub expired: bool,
    #[serde(default)]
    pub payment_methods: Vec<PaymentMethod>,
    pub payment: Option<Payment>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    Pending,
    Completed,
    Cancelled,
    /// Not in KOMOJU's own list, where expiry is a flag, but in somebody else's.
    Expired,
}

#[derive(Deserialize)]
pub struct PaymentMethod {
    #[serde(rename = "type")]
    pub kind: String,
    pub amount: Option<i64>,
    pub currency: Option<String>,
}

#[derive(Deserialize)]
pub struct Payment {
    pub id: String,
    pub status: PaymentStatus,
    /// Without the shopper's fee.
    pub amount: i64,
    pub currency: String,
    /// What the shopper pays: amount, tax and fee.
    #[serde(default)]
    pub total: i64,
    #[serde(default)]
    pub payment_method_fee: i64,
    pub payment_deadline: Option<String>,
    #[serde(default)]
    pub payment_details: PaymentDetails,
    pub session: Option<String>,
    #[serde(default)]
    pub refunds: Vec<Refund>,
    /// An array or an object: `platform::shares` reads both.
    #[serde(default)]
    pub platform_details: Value,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaymentStatus {
    Pending,
    Authorized,
    Captured,
    Refunded,
    Cancelled,
    Expired,
    Failed,
}

/// Every method's details in one: what a method does not have stays empty.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PaymentDetails {
    #[serde(rename = "type")]
    pub kind: String,
    pub store: Option<String>,
    pub confirmation_code: Option<String>,
    pub receipt: Option<String>,
    pub instructions_url: Option<String>,
    pub order_id: Option<String>,
    pub bank_name: Option<String>,
    pub account_branch_name: Option<String>,
    pub account_number: Option<String>,
    pub account_type: Option<String>,
    pub account_name: Option<String>,
    /// Bank transfers have theirs here as well.
    pub payment_deadline: Option<String>,
}

#[derive(Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    #[serde(default)]
    pub chargeback: bool,
    pub description: Option<String>,
}

#[derive(Deserialize)]
pub struct Refusal {
    pub error: ErrorBody,
}

#[derive(Deserialize)]
pub struct ErrorBody {
    pub code: String,
    pub param: Option<String>,
}

/// `invalid_parameter (currency)`. The message stays out of the log: it may repeat what the shopper typed.
impl fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.param {
            Some(param) => write!(f, "{} ({param})", self.code),
            None => f.write_str(&self.code),
        }
    }
}
