//! What Dojo keeps: payment intents with everything that happened to them, and webhook subscriptions.

use super::cards::Brand;
use crate::domain::Timestamp;
use crate::simulator::times::DAY_MS;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How long money is held when the merchant says nothing.
const HELD_DAYS: i64 = 7;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    Created,
    Authorized,
    Captured,
    Reversed,
    Refunded,
    Canceled,
}

impl Status {
    pub const ALL: [Status; 6] =
        [Status::Created, Status::Authorized, Status::Captured, Status::Reversed, Status::Refunded, Status::Canceled];

    /// Its name in answers.
    pub fn code(self) -> &'static str {
        match self {
            Status::Created => "Created",
            Status::Authorized => "Authorized",
            Status::Captured => "Captured",
            Status::Reversed => "Reversed",
            Status::Refunded => "Refunded",
            Status::Canceled => "Canceled",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptureMode {
    Auto,
    Manual,
}

/// What becomes of held money that nobody captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AutoExpire {
    Release,
    Capture,
}

impl AutoExpire {
    /// By its name in requests; every other name lets the money go.
    pub fn from_name(name: &str) -> AutoExpire {
        if name == "Capture" { AutoExpire::Capture } else { AutoExpire::Release }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Intent {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    /// Tips, service charge and cashback, which the customer pays besides the amount.
    pub extras: i64,
    pub reference: String,
    pub mode: CaptureMode,
    pub status: Status,
    pub methods: Vec<String>,
    pub redirect_url: Option<String>,
    pub cancel_url: Option<String>,
    /// The properties that are shown back as they came, by their documented names.
    pub given: Map<String, Value>,
    pub metadata: BTreeMap<String, String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
    /// As it came and in milliseconds.
    pub auto_expire_in: Option<(String, i64)>,
    pub auto_expire_action: Option<AutoExpire>,
    pub secret: Option<ClientSecret>,
    /// A card whose holder is being asked by the bank.
    pub challenge: Option<Tried>,
    pub events: Vec<PaymentEvent>,
    /// The try that succeeded.
    pub paid: Option<Tried>,
    pub captures: Vec<Capture>,
    pub refunds: Vec<Refund>,
}

impl Intent {
    /// What the customer pays.
    pub fn total(&self) -> i64 {
        self.amount.saturating_add(self.extras)
    }

    pub fn captured(&self) -> i64 {
        match (self.mode, self.status) {
            (_, Status::Created | Status::Canceled) => 0,
            (CaptureMode::Auto, Status::Authorized | Status::Captured | Status::Reversed | Status::Refunded) => {
                self.total()
            }
            (CaptureMode::Manual, Status::Authorized | Status::Captured | Status::Reversed | Status::Refunded) => {
                self.captures.iter().map(|capture| capture.amount.saturating_add(capture.tips)).sum()
            }
        }
    }

    pub fn refunded(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// What can still be given back.
    pub fn left(&self) -> i64 {
        self.captured().saturating_sub(self.refunded())
    }

    /// Whether the customer can still pay on its page.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == Status::Created && now < self.expires_at
    }

    /// Until when the money of a Manual payment is held; `None` when it was let go or there never was any.
    pub fn held_until(&self) -> Option<Timestamp> {
        let let_go = self.events.iter().any(|event| event.kind == "Reversed");
        let paid = self.paid.as_ref().filter(|_| self.mode == CaptureMode::Manual && !let_go)?;
        let held_ms = self.auto_expire_in.as_ref().map_or(HELD_DAYS * DAY_MS, |(_, ms)| *ms);
        Some(paid.at.saturating_add(held_ms))
    }
}

/// What a browser needs to pay on a page of the merchant's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientSecret {
    pub text: String,
    pub expires_at: Timestamp,
}

/// One try to pay with a card. The number is kept masked only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tried {
    pub transaction_id: String,
    pub at: Timestamp,
    /// `44565300****1096`
    pub number: String,
    pub holder: String,
    /// `2029-12-31`
    pub expiry: String,
    pub brand: Brand,
    pub auth_code: String,
}

/// What happened to the intent, in the order in which it did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentEvent {
    /// `AuthChallenged`, `Authorized`, `Captured`, `Declined`, `Refunded`, `Reversed` or `Canceled`.
    pub kind: String,
    pub at: Timestamp,
    /// Absent where no card was involved.
    pub tried: Option<Tried>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Capture {
    pub id: String,
    pub amount: i64,
    pub tips: i64,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub reason: Option<String>,
    pub notes: Option<String>,
    /// The idempotency key with the body that it came with; `None` for one that was made on the page.
    pub key: Option<(String, Value)>,
}

/// Where events are sent, and which.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subscription {
    pub id: String,
    pub events: Vec<String>,
    pub url: String,
    pub description: Option<String>,
    pub secrets: Vec<Secret>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secret {
    pub id: String,
    pub value: String,
    pub created_at: Timestamp,
    pub is_active: bool,
}
