//! StableMint: its one call, its payment page, its webhooks.

mod api;
mod keys;
mod pages;
mod switches;
mod webhooks;

use super::{Bench, Told, request};
use crate::payments::signature::RsaPrivateKey;
use crate::simulator::stablemint::model::Dialect;
use crate::simulator::{StablemintKeys, sender};
use axum::http::{HeaderMap, StatusCode};
use data_encoding::BASE64;
use serde_json::{Value, json};

const KEY: &str = "sm_bench";
const SECRET: &str = "sm_secret_bench";
const SUCCESS: &str = "http://localhost:3000/orders/abc?lang=en";
const SUPPORT: &str = "http://localhost:3000/help";
const EXIT: &str = "http://localhost:3000/orders/abc?left=1";
const ERROR: &str = "http://localhost:3000/orders/abc?error=1";

/// What every bench is started with: making keys takes longer than a test.
pub fn given_keys() -> StablemintKeys {
    StablemintKeys {
        api_key: Some(KEY.to_owned()),
        api_secret: Some(SECRET.to_owned()),
        private_key: Some(keys::MERCHANT.to_owned()),
        webhook_private_keys: vec![keys::PROVIDER.to_owned()],
    }
}

/// A request for a session of 9.99 euros with this in it besides.
fn asked(more: Value) -> Value {
    let mut body = json!({
        "userId": "u_7", "userEmail": "a@example.com", "userCountryCode": "BE", "currency": "EUR", "amount": 9.99,
        "successUrl": SUCCESS, "supportUrl": SUPPORT, "exitUrl": EXIT, "errorUrl": ERROR,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

impl Bench {
    /// A call that is signed as its dialect wants it, with the text as its body.
    async fn stablemint(&self, dialect: Dialect, body: &str) -> Told {
        let now = self.app.now();
        let (path, time, signed) = match dialect {
            Dialect::V1 => ("hosted", now.to_string(), "u_7"),
            Dialect::V2 => ("hosted/partner-managed-customer", (now / 1_000).to_string(), body),
        };
        let key = RsaPrivateKey::read(keys::MERCHANT).unwrap();
        let signature = BASE64.encode(&key.sign(format!("{time},{SECRET},{signed}").as_bytes()));
        let name = if dialect == Dialect::V1 { "api_key" } else { "ApiKey" };
        let headers =
            [(name, KEY), ("timestamp", &time), ("signature", &signature), ("content-type", "application/json")];
        self.tell(request("POST", &format!("/stablemint/session/{path}"), &headers, body)).await
    }

    /// A session with this in it besides; answers its reference.
    async fn open_stablemint(&self, dialect: Dialect, more: Value) -> String {
        let told = self.stablemint(dialect, &asked(more).to_string()).await;
        assert!(told.status.is_success(), "{} {}", told.status, told.text);
        told.json()["reference"].as_str().unwrap().to_owned()
    }

    async fn press(&self, reference: &str, button: &str) -> Told {
        self.submit(&format!("/stablemint/checkout/{reference}/{button}"), "").await
    }

    async fn stablemint_status(&self, reference: &str) -> String {
        let state = self.get("/control/state").await.json();
        let sessions = state["stablemint"]["sessions"].as_array().unwrap().clone();
        let session = sessions.into_iter().find(|one| one["reference"] == reference).unwrap();
        session["status"].as_str().unwrap().to_owned()
    }

    /// Sends what is due; headers and bodies of what arrived.
    async fn stablemint_webhooks(&self) -> Vec<(HeaderMap, String)> {
        while sender::send_next(&self.app).await {}
        self.take()
    }

    /// Sends what is due; the last word of the types of the events that arrived.
    async fn stablemint_events(&self) -> Vec<String> {
        let kind = |body: String| {
            let event: Value = serde_json::from_str(&body).unwrap();
            let kind = event["notificationType"].as_str().or(event["data"]["eventType"].as_str()).unwrap();
            kind.strip_prefix("partner.customer.deposit.").unwrap_or(kind).to_owned()
        };
        self.stablemint_webhooks().await.into_iter().map(|(_, body)| kind(body)).collect()
    }
}

fn refused(told: &Told, status: u16, field: &str) {
    assert_eq!(told.status.as_u16(), status, "{}", told.text);
    assert_eq!(told.json()["error"]["field"].as_str().unwrap_or_default(), field, "{}", told.text);
}

fn gone(told: &Told) -> bool {
    told.status == StatusCode::GONE
}
