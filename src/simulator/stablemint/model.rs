//! What StableMint keeps: sessions, and what became of the one deposit that each may bring.

use super::switches::RETURN_QUERY;
use crate::domain::{Money, Timestamp};
use crate::simulator::switches::Switches;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The generation of the API that a session was made with: it decides how its webhooks look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// The older pages: headers in small letters, milliseconds, `InwardPayment…`.
    V1,
    /// The newer ones: seconds, the body signed, `partner.customer.deposit.…`.
    V2,
}

impl Dialect {
    /// Its name in settings and on pages.
    pub fn code(self) -> &'static str {
        match self {
            Dialect::V1 => "v1",
            Dialect::V2 => "v2",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    /// The customer has ordered the transfer; the money is not there yet.
    Submitted,
    Paid,
    Failed,
    /// The customer left, and cannot come back.
    Left,
    Expired,
}

impl Status {
    /// Its name on the page for people and in `/control/state`: StableMint shows none to merchants.
    pub fn code(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Submitted => "submitted",
            Status::Paid => "paid",
            Status::Failed => "failed",
            Status::Left => "left",
            Status::Expired => "expired",
        }
    }
}

/// The four addresses that the shop gives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Addresses {
    pub success: String,
    pub support: String,
    pub exit: String,
    pub error: String,
}

/// Where the customer goes from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    Success,
    Exit,
    Error,
}

/// What the shop said of its customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Customer {
    pub id: String,
    pub email: String,
    pub country: String,
    pub full_name: Option<String>,
    pub citizenship: Option<String>,
    pub residence: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub reference: String,
    pub session_id: String,
    pub dialect: Dialect,
    pub amount: Money,
    pub customer: Customer,
    pub addresses: Addresses,
    pub website_reference: Option<String>,
    /// An object or a text, as it was given.
    pub custom_fields: Option<Value>,
    pub idempotency_key: Option<String>,
    /// Tells one request from another that has the same idempotency key.
    pub fingerprint: String,
    /// The banks' own name for the transfer, and the processor's.
    pub end_to_end_id: String,
    pub external_payment_id: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub status: Status,
    /// A payment failed and the page offers another try.
    pub failed_before: bool,
}

impl Session {
    /// Whether the customer can still pay on its page.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == Status::Open && now < self.expires_at
    }

    /// Whether its time is over without anything having come of it.
    pub fn has_run_out(&self, now: Timestamp) -> bool {
        self.status == Status::Open && now >= self.expires_at
    }

    /// The shop's address, with nothing added unless the switch says so.
    pub fn way_out(&self, way: WayOut, switches: &Switches) -> String {
        let address = match way {
            WayOut::Success => &self.addresses.success,
            WayOut::Exit => &self.addresses.exit,
            WayOut::Error => &self.addresses.error,
        };
        // It was parsed when the session was made.
        match url::Url::parse(address) {
            Ok(mut url) if switches.is(&RETURN_QUERY, "reference") => {
                url.query_pairs_mut().append_pair("reference", &self.reference);
                url.into()
            }
            Ok(_) | Err(_) => address.clone(),
        }
    }

    /// Where the customer goes who comes back to a page that is over.
    pub fn way_after(&self) -> WayOut {
        match self.status {
            Status::Submitted | Status::Paid => WayOut::Success,
            Status::Left => WayOut::Exit,
            Status::Open | Status::Failed | Status::Expired => WayOut::Error,
        }
    }
}
