//! Faults, as the receiver of a webhook and the caller of an API meet them; and the ways to plan them.

mod calls;
mod panel;
mod planning;
mod webhooks;

use super::Bench;
use serde_json::{Value, json};

const CARD: &str = "4111111111111111";

/// Plans one fault.
async fn plan(bench: &Bench, when: Value, what: Value) {
    bench.control("faults", json!({ "faults": [{ "when": when, "what": what }] })).await;
}

async fn forward(bench: &Bench, seconds: i64) {
    bench.control("clock", json!({ "forward_seconds": seconds })).await;
}

/// Pays by card: two webhooks, `payment.updated` and `payment.captured`.
async fn pay(bench: &Bench) -> String {
    let id = bench.open(json!({})).await;
    bench.pay_by_card(&id, CARD).await;
    id
}
