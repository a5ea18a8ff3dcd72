//! Dojo from outside: calls through the router, the hosted page, webhooks to the receiver.

mod api;
mod captures;
mod pages;
mod refunds;
mod subscriptions;
mod switches;
mod webhooks;

use super::{Bench, Told, request};
use crate::simulator::DojoKeys;
use crate::simulator::sender;
use axum::http::StatusCode;
use serde_json::{Value, json};

pub const KEY: &str = "sk_sandbox_bench";
/// The secret of the signature that Dojo's own libraries are tested with.
pub const SECRET: &str = "PDYkJQq6sESYHp_zJuTTBQ";

const GOOD: &str = "5200000000001005";
const CHALLENGED: &str = "5200000000001096";
const BAD: &str = "4456530000001013";

pub fn keys() -> DojoKeys {
    DojoKeys { api_key: Some(KEY.to_owned()), webhook_secrets: vec![SECRET.to_owned(), "the-old-one".to_owned()] }
}

/// A call with everything that it must have.
async fn call(bench: &Bench, method: &str, path: &str, body: Value) -> Told {
    call_with(bench, method, path, &[], body).await
}

async fn call_with(bench: &Bench, method: &str, path: &str, more: &[(&str, &str)], body: Value) -> Told {
    let authorisation = format!("Basic {KEY}");
    let mut headers = vec![
        ("authorization", authorisation.as_str()),
        ("version", "2026-02-27"),
        ("content-type", "application/json"),
    ];
    headers.extend(more);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    bench.tell(request(method, &format!("/dojo/{path}"), &headers, &body)).await
}

/// An intent with this in it besides ten pounds; answers its name. Its first event, and whatever waited before, is delivered.
async fn make(bench: &Bench, more: Value) -> String {
    let mut body = json!({
        "amount": {"value": 1000, "currencyCode": "GBP"}, "reference": "Order 234",
        "config": {
            "redirectUrl": "http://localhost:3000/orders/abc?lang=en", "cancelUrl": "http://localhost:3000/basket?a=b",
        },
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let told = call(bench, "POST", "payment-intents", body).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(deliver(bench).await.last().unwrap(), "payment_intent.created Created");
    told.json()["id"].as_str().unwrap().to_owned()
}

/// An intent that has been paid, or is held.
async fn paid(bench: &Bench, more: Value) -> String {
    let id = make(bench, more).await;
    assert_eq!(pay(bench, &id, GOOD).await.status, StatusCode::SEE_OTHER);
    deliver(bench).await;
    id
}

async fn show(bench: &Bench, id: &str) -> Value {
    call(bench, "GET", &format!("payment-intents/{id}?returnCanceled=true"), Value::Null).await.json()
}

async fn pay(bench: &Bench, id: &str, number: &str) -> Told {
    let body = format!("name=Test&card_number={number}&expiry=12%2F99&cvv=020");
    bench.submit(&format!("/dojo/checkout/{id}/pay"), &body).await
}

async fn refund(bench: &Bench, id: &str, key: &str, amount: i64) -> Told {
    let path = format!("payment-intents/{id}/refunds");
    call_with(bench, "POST", &path, &[("IdempotencyKey", key)], json!({ "amount": amount })).await
}

/// Sends everything that is due; answers what arrived: event and status.
async fn deliver(bench: &Bench) -> Vec<String> {
    while sender::send_next(&bench.app).await {}
    let tell = |(_, body): (_, String)| {
        let event: Value = serde_json::from_str(&body).unwrap();
        format!("{} {}", event["event"].as_str().unwrap(), event["data"]["paymentStatus"].as_str().unwrap())
    };
    bench.take().into_iter().map(tell).collect()
}

async fn forward(bench: &Bench, seconds: i64) {
    bench.control("clock", json!({ "forward_seconds": seconds })).await;
}
