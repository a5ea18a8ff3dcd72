//! BPC's bodies, as far as the shop reads them. Unknown fields are ignored, keys may be missing, and currencies and
//! locales come back in another case than they were sent in.

use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub status: String,
    pub payment_status: Option<String>,
    pub merchant_reference_id: Option<String>,
    /// Gone once the session is over.
    pub payment_url: Option<String>,
    pub expires_at: Option<String>,
    /// Where a completed session names its payment, if it does: not documented.
    pub payment_id: Option<String>,
    /// Or all of them.
    #[serde(default)]
    pub payments: Vec<Named>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    pub id: String,
}

impl Session {
    pub fn payment_is(&self, word: &str) -> bool {
        self.payment_status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case(word))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub id: String,
    /// Whether a payment names its session is not documented.
    pub session_id: Option<String>,
    pub merchant_reference_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub payment_id: Option<String>,
    pub status: Option<String>,
}

#[derive(Deserialize)]
pub struct Event {
    #[serde(rename = "type")]
    pub kind: String,
    pub data: EventData,
}

#[derive(Deserialize)]
pub struct EventData {
    pub object: Value,
}
