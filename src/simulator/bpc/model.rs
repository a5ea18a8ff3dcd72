//! What the gateway keeps: sessions, the payments that were tried in them, refunds.

use super::switches::RETURN_PARAMETER;
use crate::domain::Timestamp;
use crate::simulator::switches::Switches;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    Open,
    Completed,
    Expired,
}

impl SessionStatus {
    /// Its name in answers.
    pub fn code(self) -> &'static str {
        match self {
            SessionStatus::Open => "open",
            SessionStatus::Completed => "completed",
            SessionStatus::Expired => "expired",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    /// The UUID by which the older API knows the same thing, `mdOrder` in the page's address.
    pub order: String,
    /// In minor units.
    pub amount: i64,
    /// As the merchant wrote it, in either case.
    pub currency: String,
    pub success_url: String,
    pub failure_url: String,
    pub locale: String,
    pub merchant_reference: String,
    pub metadata: Map<String, Value>,
    pub customer_details: Map<String, Value>,
    /// Whether a card is only held, to be captured later.
    pub manual_capture: bool,
    pub payment_url: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub status: SessionStatus,
    /// The payment that was tried last.
    pub payment: Option<String>,
    /// Why the last try failed; `None` when none did, or the customer wants to try again.
    pub declined: Option<String>,
    /// Whether the card's bank waits for the customer's answer.
    pub challenge: bool,
    /// Takes no more cards although it is open.
    pub closed: bool,
}

impl Session {
    /// Whether the customer can still pay on its page.
    pub fn takes_cards(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Open && !self.closed && now < self.expires_at
    }

    /// Whether its time is over without anything having come of it.
    pub fn has_run_out(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Open && now >= self.expires_at
    }

    /// Where the browser goes back to, with the session's id added to the address as the switch says.
    pub fn way_back(&self, paid: bool, switches: &Switches) -> String {
        let address = if paid { &self.success_url } else { &self.failure_url };
        // It was parsed when the session was made.
        let Ok(mut url) = url::Url::parse(address) else { return address.clone() };
        let parameter = switches.value(&RETURN_PARAMETER);
        if parameter == "orderId" {
            let lang = self.locale.to_ascii_lowercase();
            url.query_pairs_mut().append_pair("orderId", &self.order).append_pair("lang", &lang);
        } else {
            url.query_pairs_mut().append_pair(parameter, &self.id);
        }
        url.into()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentStatus {
    RequiresPaymentMethod,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Failed,
    Canceled,
}

impl PaymentStatus {
    /// Its name in answers.
    pub fn code(self) -> &'static str {
        match self {
            PaymentStatus::RequiresPaymentMethod => "requiresPaymentMethod",
            PaymentStatus::RequiresAction => "requiresAction",
            PaymentStatus::RequiresCapture => "requiresCapture",
            PaymentStatus::Succeeded => "succeeded",
            PaymentStatus::Failed => "failed",
            PaymentStatus::Canceled => "canceled",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub id: String,
    pub session: String,
    /// In minor units of the session's currency, like the other amounts here.
    pub amount: i64,
    pub captured: i64,
    pub capturable: i64,
    pub refunded: i64,
    pub status: PaymentStatus,
    pub created_at: Timestamp,
    pub last_four_digits: String,
}

impl Payment {
    /// What can still be given back.
    pub fn left(&self) -> i64 {
        self.captured.saturating_sub(self.refunded)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub id: String,
    pub payment: String,
    /// In minor units of the payment's currency.
    pub amount: i64,
    pub created_at: Timestamp,
}
