//! BPC: its API, its payment page, its webhooks.

mod api;
mod pages;
mod switches;
mod webhooks;

use super::{Bench, Told, request};
use crate::simulator::{BpcKeys, sender};
use serde_json::{Value, json};

const KEY: &str = "bpc_bench";
const SUCCESS: &str = "http://localhost:3000/orders/abc?lang=en";
const FAILURE: &str = "http://localhost:3000/orders/abc?lang=en&failed=1";

/// Accepted without a question; asks; declined.
const GOOD: &str = "pan=4444555511113333&expiry=12%2F26&cvc=123";
const ASKS: &str = "pan=5555555555555599&expiry=12%2F34&cvc=123";
const BAD: &str = "pan=5168494895055780&expiry=12%2F26&cvc=123";

/// What every bench is started with.
pub fn keys() -> BpcKeys {
    let webhook_secrets = ["whsec_bpc_vector", "whsec_bpc_old"].map(str::to_owned).to_vec();
    BpcKeys { api_key: Some(KEY.to_owned()), webhook_secrets }
}

impl Bench {
    async fn bpc(&self, method: &str, path: &str, body: Value) -> Told {
        let headers = [("x-api-key", KEY), ("x-version", "2023-10-31"), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.tell(request(method, &format!("/bpc/api2/{path}"), &headers, &body)).await
    }

    /// A session of 100.00 euros with this in it besides; answers its name.
    async fn open_bpc(&self, more: Value) -> String {
        let mut body = json!({"amount": 10_000, "currency": "EUR", "successUrl": SUCCESS, "failureUrl": FAILURE});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let told = self.bpc("POST", "sessions", body).await;
        assert!(told.status.is_success(), "{}", told.text);
        told.json()["id"].as_str().unwrap().to_owned()
    }

    async fn bpc_session(&self, id: &str) -> Value {
        self.bpc("GET", &format!("sessions/{id}"), Value::Null).await.json()
    }

    /// The payment that was tried last, as `/control/state` has it.
    async fn bpc_payment(&self, session: &str) -> Value {
        let state = self.get("/control/state").await.json();
        let sessions = state["bpc"]["sessions"].as_array().unwrap().clone();
        let session = sessions.into_iter().find(|one| one["id"] == session).unwrap();
        session["_payments"].as_array().unwrap().last().cloned().unwrap_or_default()
    }

    async fn bpc_pay(&self, session: &str, card: &str) -> Told {
        self.submit(&format!("/bpc/payment/{session}/pay"), card).await
    }

    /// Sends what is due; the types of the events that arrived.
    async fn bpc_events(&self) -> Vec<String> {
        while sender::send_next(&self.app).await {}
        let kind = |body: String| serde_json::from_str::<Value>(&body).unwrap()["type"].as_str().unwrap().to_owned();
        self.take().into_iter().map(|(_, body)| kind(body)).collect()
    }

    /// The page that the session's own address shows.
    async fn bpc_page(&self, session: &str) -> Told {
        let url = self.app.read(|state| state.bpc.session(session).unwrap().payment_url.clone());
        self.get(url.strip_prefix("http://127.0.0.1:4000").unwrap()).await
    }
}
