//! Money given back, and the keys that keep it from being given back twice.

use super::{call, call_with, deliver, make, paid, refund, show};
use crate::simulator::tests::Bench;
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn only_the_refund_of_all_that_is_left_changes_the_status() {
    let bench = Bench::new().await;
    let id = paid(&bench, json!({})).await;
    let part = refund(&bench, &id, "one", 300).await;
    assert!(part.json()["refundId"].as_str().unwrap().starts_with("rfnd_"), "{}", part.text);
    let intent = show(&bench, &id).await;
    assert_eq!((&intent["status"], &intent["refundedAmount"]), (&json!("Captured"), &json!(300)));
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Captured"]);
    assert_eq!(refund(&bench, &id, "two", 701).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(refund(&bench, &id, "three", 700).await.status, StatusCode::OK);
    assert_eq!(show(&bench, &id).await["status"], "Refunded");
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Refunded"]);
}

#[tokio::test]
async fn the_same_key_gives_back_once_and_answers_the_same() {
    let bench = Bench::new().await;
    let id = paid(&bench, json!({})).await;
    let first = refund(&bench, &id, "one", 300).await.text;
    assert_eq!(refund(&bench, &id, "one", 300).await.text, first);
    assert_eq!(show(&bench, &id).await["refundedAmount"], 300);
    assert_eq!(refund(&bench, &id, "one", 301).await.status, StatusCode::BAD_REQUEST);
    let other = paid(&bench, json!({})).await;
    assert_ne!(refund(&bench, &other, "one", 300).await.text, first, "a key counts for its intent");
}

#[tokio::test]
async fn a_refund_needs_a_key_and_can_be_looked_up() {
    let bench = Bench::new().await;
    let id = paid(&bench, json!({})).await;
    let path = format!("payment-intents/{id}/refunds");
    let without = call(&bench, "POST", &path, json!({"amount": 1})).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    assert!(without.json()["errors"]["idempotencyKey"].is_array());
    let long = "k".repeat(101);
    let told = call_with(&bench, "POST", &path, &[("idempotencyKey", long.as_str())], json!({"amount": 1})).await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    let body = json!({"amount": 1, "refundReason": "Chipped", "notes": "by post"});
    let made = call_with(&bench, "POST", &path, &[("idempotencyKey", "k")], body).await.json();
    assert_eq!((&made["refundReason"], &made["notes"]), (&json!("Chipped"), &json!("by post")));
    let path = format!("payment-intents/refunds/{}", made["refundId"].as_str().unwrap());
    assert_eq!(call(&bench, "GET", &path, Value::Null).await.json(), made);
}

#[tokio::test]
async fn what_cannot_be_refunded_is_refused_with_capitals() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    let observed = json!({
        "Status": 400, "Detail": "Your refund request was not successful. Status: Failed.", "Extensions": {},
    });
    for id in [id.as_str(), "pi_sandbox_T"] {
        let told = refund(&bench, id, "one", 1).await;
        assert_eq!((told.status, told.json()), (StatusCode::BAD_REQUEST, observed.clone()));
    }
}

#[tokio::test]
async fn what_happens_without_the_shop_can_be_done_by_control() {
    let bench = Bench::new().await;
    let id = paid(&bench, json!({})).await;
    bench.control(&format!("dojo/{id}/refund"), json!({"amount": 400})).await;
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Captured"]);
    let told = bench.post(&format!("/control/dojo/{id}/refund"), &[], r#"{"amount":601}"#).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (path, status) in
        [("dojo/nobody/refund", 404), (&format!("dojo/{id}/explode"), 404), (&format!("dojo/{id}/cancel"), 422)]
    {
        assert_eq!(bench.post(&format!("/control/{path}"), &[], "").await.status.as_u16(), status, "{path}");
    }
    for (more, action, status) in [
        (json!({}), "reverse", "Reversed"),
        (json!({"captureMode": "Manual"}), "capture", "Captured"),
        (json!({"captureMode": "Manual"}), "expire", "Reversed"),
    ] {
        let id = paid(&bench, more).await;
        bench.control(&format!("dojo/{id}/{action}"), json!({})).await;
        assert_eq!(deliver(&bench).await, [format!("payment_intent.status_updated {status}")], "{action}");
    }
    for action in ["expire", "cancel"] {
        let id = make(&bench, json!({})).await;
        bench.control(&format!("dojo/{id}/{action}"), json!({})).await;
        assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Canceled"], "{action}");
    }
    let state = bench.get("/control/state").await.json();
    assert_eq!(state["dojo"]["intents"].as_array().unwrap().len(), 6);
    assert_eq!(state["dojo"]["intents"][0]["status"], "Canceled");
}
