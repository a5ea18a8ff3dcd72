//! Held money: taken, let go, taken by itself.

use super::{call, deliver, forward, make, paid, pay, show};
use crate::simulator::tests::Bench;
use axum::http::StatusCode;
use serde_json::{Value, json};

fn manual() -> Value {
    json!({"captureMode": "Manual"})
}

#[tokio::test]
async fn held_money_is_taken_in_parts_up_to_the_total() {
    let bench = Bench::new().await;
    let id = make(&bench, manual()).await;
    pay(&bench, &id, super::GOOD).await;
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Authorized"]);
    let path = format!("payment-intents/{id}/captures");
    let capture = async |amount: i64| call(&bench, "POST", &path, json!({ "amount": amount })).await;
    assert_eq!(capture(1_001).await.status, StatusCode::BAD_REQUEST);
    let first = capture(400).await;
    assert!(first.json()["captureId"].as_str().unwrap().starts_with("cp_"), "{}", first.text);
    assert_eq!(capture(601).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(capture(600).await.status, StatusCode::OK);
    assert_eq!(capture(1).await.status, StatusCode::CONFLICT);
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Captured"; 2]);
    let intent = show(&bench, &id).await;
    assert_eq!((&intent["captures"][0]["amount"], &intent["captures"][1]["amount"]), (&json!(400), &json!(600)));
}

#[tokio::test]
async fn what_was_not_taken_in_time_is_not_held_any_more() {
    let bench = Bench::new().await;
    let id = paid(&bench, manual()).await;
    let path = format!("payment-intents/{id}/captures");
    let capture = async |amount: i64| call(&bench, "POST", &path, json!({ "amount": amount })).await.status;
    assert_eq!(capture(400).await, StatusCode::OK);
    forward(&bench, 7 * 86_400 - 60).await;
    assert_eq!(capture(300).await, StatusCode::OK);
    forward(&bench, 60).await;
    assert_eq!(capture(300).await, StatusCode::CONFLICT);
    assert_eq!(show(&bench, &id).await["status"], "Captured");
}

#[tokio::test]
async fn only_held_money_can_be_captured() {
    let bench = Bench::new().await;
    let (open, auto) = (make(&bench, manual()).await, paid(&bench, json!({})).await);
    for id in [open, auto] {
        let told = call(&bench, "POST", &format!("payment-intents/{id}/captures"), json!({"amount": 1})).await;
        assert_eq!(told.status, StatusCode::CONFLICT);
    }
    let told = call(&bench, "POST", "payment-intents/pi_sandbox_T/captures", json!({"amount": 1})).await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_part_is_refunded_of_what_was_captured_and_no_more() {
    let bench = Bench::new().await;
    let id = paid(&bench, manual()).await;
    assert_eq!(super::refund(&bench, &id, "a", 1).await.status, StatusCode::BAD_REQUEST);
    call(&bench, "POST", &format!("payment-intents/{id}/captures"), json!({"amount": 400})).await;
    assert_eq!(super::refund(&bench, &id, "b", 401).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(super::refund(&bench, &id, "c", 400).await.status, StatusCode::OK);
    assert_eq!(show(&bench, &id).await["status"], "Refunded");
}

#[tokio::test]
async fn a_reversal_undoes_held_money_for_as_long_as_it_is_held() {
    let bench = Bench::new().await;
    let id = paid(&bench, manual()).await;
    forward(&bench, 6 * 86_400).await;
    let told = call(&bench, "POST", &format!("payment-intents/{id}/reversal"), Value::Null).await;
    assert!(told.json()["reversalId"].as_str().unwrap().starts_with("rvs_"), "{}", told.text);
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Reversed"]);
    let again = call(&bench, "POST", &format!("payment-intents/{id}/reversal"), Value::Null).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_captured_manual_payment_and_an_open_intent_cannot_be_reversed() {
    let bench = Bench::new().await;
    let (open, taken) = (make(&bench, json!({})).await, paid(&bench, manual()).await);
    call(&bench, "POST", &format!("payment-intents/{taken}/captures"), json!({"amount": 1000})).await;
    for id in [open, taken] {
        let told = call(&bench, "POST", &format!("payment-intents/{id}/reversal"), Value::Null).await;
        assert_eq!(told.status, StatusCode::CONFLICT);
    }
}

#[tokio::test]
async fn money_that_nobody_takes_is_let_go_after_seven_days_or_as_the_merchant_said() {
    let bench = Bench::new().await;
    let usual = paid(&bench, manual()).await;
    let soon = json!({"captureMode": "Manual", "autoExpireIn": "01:00:00", "autoExpireAction": "Capture"});
    let taken = paid(&bench, soon).await;
    forward(&bench, 3_600).await;
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Captured"]);
    assert_eq!(show(&bench, &taken).await["captures"][0]["amount"], 1000);
    forward(&bench, 7 * 86_400 - 3_600).await;
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Reversed"]);
    assert_eq!(show(&bench, &usual).await["status"], "Reversed");
}
