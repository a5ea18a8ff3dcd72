//! What KOMOJU keeps: sessions, the one payment that each may have, and the refunds of a payment.

use super::error::Decline;
use super::methods::Method;
use super::platform::Split;
use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    Pending,
    Completed,
    Cancelled,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub return_url: Option<String>,
    pub locale: String,
    pub methods: Vec<Method>,
    pub email: Option<String>,
    pub line_items: Vec<LineItem>,
    pub metadata: BTreeMap<String, String>,
    /// Whether a card is only held, to be captured later.
    pub manual_capture: bool,
    pub external_order_num: Option<String>,
    pub name: Option<String>,
    pub name_kana: Option<String>,
    /// Who gets what, where it is shared with sellers.
    #[serde(default)]
    pub platform: Option<Split>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub cancelled_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub status: SessionStatus,
    pub payment: Option<String>,
    /// What every try to pay ends with, by the `Komoju-Scenario` of the request that made the session.
    pub scenario: Option<Decline>,
    /// A card that waits for its holder's password.
    pub challenge: Option<Challenge>,
}

impl Session {
    /// Whether its time was over before anything came of it.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Pending && now >= self.expires_at
    }

    /// Whether the customer can still pay on its page.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Pending && now < self.expires_at
    }

    /// Where the browser goes back to: the merchant's address with `session_id` added to its query.
    pub fn way_back(&self) -> Option<String> {
        let mut url = url::Url::parse(self.return_url.as_deref()?).ok()?;
        url.query_pairs_mut().append_pair("session_id", &self.id);
        Some(url.into())
    }
}

/// A line on the hosted page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineItem {
    pub amount: Option<i64>,
    pub description: Option<String>,
    pub quantity: i64,
    pub image: Option<String>,
    pub external_product_num: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Challenge {
    pub details: Details,
    /// The password that the card's bank takes; `None` when it takes none.
    pub password: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl PaymentStatus {
    /// Its name in answers.
    pub fn code(self) -> &'static str {
        match self {
            PaymentStatus::Pending => "pending",
            PaymentStatus::Authorized => "authorized",
            PaymentStatus::Captured => "captured",
            PaymentStatus::Refunded => "refunded",
            PaymentStatus::Cancelled => "cancelled",
            PaymentStatus::Expired => "expired",
            PaymentStatus::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub id: String,
    pub session: String,
    pub status: PaymentStatus,
    /// In minor units of `currency`, which is not the session's when the method only knows yen.
    pub amount: i64,
    pub currency: String,
    /// What the customer pays on top, for the method.
    pub fee: i64,
    pub details: Details,
    pub deadline: Timestamp,
    pub description: Option<String>,
    pub captured_at: Option<Timestamp>,
    /// How much of a held card was taken; `None` when everything was or nothing yet.
    pub captured_amount: Option<i64>,
    pub external_order_num: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub created_at: Timestamp,
    pub locale: String,
    #[serde(default)]
    pub platform: Option<Split>,
    pub refunds: Vec<Refund>,
    pub refund_requests: Vec<RefundRequest>,
}

impl Payment {
    pub fn total(&self) -> i64 {
        self.amount.saturating_add(self.fee)
    }

    pub fn refunded(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// What can still be given back. The customer's fee is not part of it.
    pub fn left(&self) -> i64 {
        self.captured_amount.unwrap_or(self.amount).saturating_sub(self.refunded())
    }
}

/// How it was or will be paid, in the shape of `payment_details`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Details {
    CreditCard {
        email: Option<String>,
        brand: String,
        last_four_digits: String,
        month: i64,
        year: i64,
    },
    Konbini {
        email: Option<String>,
        store: String,
        confirmation_code: Option<String>,
        receipt: String,
        instructions_url: String,
    },
    BankTransfer {
        email: Option<String>,
        order_id: String,
        bank_name: String,
        account_branch_name: String,
        account_number: String,
        account_type: String,
        account_name: String,
        instructions_url: String,
        payment_deadline: String,
    },
    #[serde(rename = "paypay")]
    PayPay {
        email: Option<String>,
        redirect_url: String,
        external_payment_id: Option<String>,
    },
}

impl Details {
    pub fn method(&self) -> Method {
        match self {
            Details::CreditCard { .. } => Method::CreditCard,
            Details::Konbini { .. } => Method::Konbini,
            Details::BankTransfer { .. } => Method::BankTransfer,
            Details::PayPay { .. } => Method::PayPay,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub description: Option<String>,
    pub created_at: Timestamp,
    /// Taken back by the customer's bank.
    pub chargeback: bool,
    /// At whose cost, where the merchant said.
    #[serde(default)]
    pub platform: Option<Split>,
}

/// A wish to give money back by bank transfer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundRequest {
    pub id: String,
    pub amount: i64,
    pub customer_name: String,
    pub bank_name: String,
    pub bank_code: Option<String>,
    pub branch_name: Option<String>,
    pub branch_number: String,
    pub account_number: String,
    pub description: Option<String>,
    /// `pending`, `rejected` or `completed`.
    pub status: String,
    pub created_at: Timestamp,
    #[serde(default)]
    pub platform: Option<Split>,
}

/// A past event, with its body as it was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub kind: String,
    pub created_at: Timestamp,
    pub body: String,
}
