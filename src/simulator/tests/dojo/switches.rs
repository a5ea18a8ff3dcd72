//! Every switch: each of its choices can be told from the other.

use super::{BAD, GOOD, KEY, call, deliver, forward, make, paid, pay, refund, show};
use crate::simulator::sender;
use crate::simulator::tests::{Bench, request};
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn what_a_call_without_a_version_gets() {
    let bench = Bench::new().await;
    let authorisation = format!("Basic {KEY}");
    let status = async || {
        let headers = [("authorization", authorisation.as_str())];
        bench.tell(request("GET", "/dojo/webhooks", &headers, "")).await.status
    };
    assert_eq!(status().await, StatusCode::BAD_REQUEST);
    bench.switch("dojo_missing_version", "accepted").await;
    assert_eq!(status().await, StatusCode::OK);
}

#[tokio::test]
async fn what_an_unknown_property_does() {
    let bench = Bench::new().await;
    let body = || json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r", "colour": "blue"});
    assert_eq!(call(&bench, "POST", "payment-intents", body()).await.status, StatusCode::OK);
    bench.switch("dojo_unknown_properties", "400").await;
    let refused = call(&bench, "POST", "payment-intents", body()).await;
    assert!(refused.json()["errors"]["Colour"].is_array(), "{}", refused.text);
}

#[tokio::test]
async fn how_refusals_look() {
    let bench = Bench::new().await;
    let id = paid(&bench, json!({})).await;
    let cancel = async || call(&bench, "DELETE", &format!("payment-intents/{id}"), Value::Null).await;
    let told = cancel().await;
    assert_eq!(
        (told.status.as_u16(), &told.headers["content-type"]),
        (400, &"application/json; charset=utf-8".parse().unwrap())
    );
    bench.switch("dojo_cancel_refusal", "409").await;
    bench.switch("dojo_problem_type", "application/problem+json").await;
    let told = cancel().await;
    assert_eq!(
        (told.status.as_u16(), &told.headers["content-type"]),
        (409, &"application/problem+json; charset=utf-8".parse().unwrap())
    );
    assert_eq!(refund(&bench, &id, "a", 1_001).await.json()["Status"], 400);
    bench.switch("dojo_refund_refusal", "camel").await;
    assert_eq!(refund(&bench, &id, "a", 1_001).await.json()["status"], 400);
    refund(&bench, &id, "b", 1).await;
    bench.switch("dojo_refund_other_body", "409").await;
    assert_eq!(refund(&bench, &id, "b", 2).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_a_first_capture_of_a_part_leaves() {
    for status in ["Captured", "Authorized"] {
        let bench = Bench::new().await;
        bench.switch("dojo_partial_capture", status).await;
        let id = paid(&bench, json!({"captureMode": "Manual"})).await;
        let path = format!("payment-intents/{id}/captures");
        call(&bench, "POST", &path, json!({"amount": 400})).await;
        assert_eq!(show(&bench, &id).await["status"], status);
        call(&bench, "POST", &path, json!({"amount": 600})).await;
        assert_eq!(show(&bench, &id).await["status"], "Captured");
    }
}

#[tokio::test]
async fn how_long_an_auto_payment_can_be_reversed() {
    for (choice, status) in [("same_day", StatusCode::CONFLICT), ("seven_days", StatusCode::OK)] {
        let bench = Bench::new().await;
        bench.switch("dojo_reversal_window", choice).await;
        let (early, late) = (paid(&bench, json!({})).await, paid(&bench, json!({})).await);
        let reverse =
            async |id: &str| call(&bench, "POST", &format!("payment-intents/{id}/reversal"), Value::Null).await.status;
        assert_eq!(reverse(&early).await, StatusCode::OK, "{choice}");
        forward(&bench, 86_400).await;
        assert_eq!(reverse(&late).await, status, "{choice}");
    }
}

#[tokio::test]
async fn what_the_way_back_is_told() {
    let bench = Bench::new().await;
    for (choice, added) in [("id", "&id="), ("none", ""), ("paymentIntentId", "&paymentIntentId=")] {
        bench.switch("dojo_return_parameter", choice).await;
        let id = make(&bench, json!({})).await;
        let name = if choice == "none" { "" } else { id.as_str() };
        let expected = format!("http://localhost:3000/orders/abc?lang=en{added}{name}");
        assert_eq!(pay(&bench, &id, GOOD).await.location(), expected);
        deliver(&bench).await;
    }
}

#[tokio::test]
async fn which_events_there_are() {
    let bench = Bench::new().await;
    for (switch, choice) in [
        ("dojo_decline_event", "status_updated"),
        ("dojo_authorized_event", "on"),
        ("dojo_partial_refund_event", "none"),
    ] {
        bench.switch(switch, choice).await;
    }
    let id = make(&bench, json!({})).await;
    pay(&bench, &id, BAD).await;
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Created"]);
    pay(&bench, &id, GOOD).await;
    let both = ["payment_intent.status_updated Authorized", "payment_intent.status_updated Captured"];
    assert_eq!(deliver(&bench).await, both);
    refund(&bench, &id, "a", 1).await;
    assert_eq!(deliver(&bench).await, [""; 0]);
}

#[tokio::test]
async fn what_a_second_subscription_and_a_new_secret_are() {
    let bench = Bench::new().await;
    bench.switch("dojo_second_subscription", "accepted").await;
    bench.switch("dojo_new_secret", "active").await;
    let body = json!({"events": ["payment_intent.created"], "url": "https://example.com"});
    call(&bench, "POST", "webhooks", body.clone()).await;
    let second = call(&bench, "POST", "webhooks", body).await;
    assert_eq!(second.status, StatusCode::OK);
    let path = format!("webhooks/{}/secrets", second.json()["id"].as_str().unwrap());
    assert_eq!(call(&bench, "POST", &path, Value::Null).await.json()["secrets"][0]["isActive"], true);
}

#[tokio::test]
async fn how_a_webhooks_keys_are_written() {
    let bench = Bench::new().await;
    bench.switch("dojo_webhook_case", "pascal").await;
    let body = json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r"});
    call(&bench, "POST", "payment-intents", body).await;
    while sender::send_next(&bench.app).await {}
    let event: Value = serde_json::from_str(&bench.take().remove(0).1).unwrap();
    assert_eq!(
        (&event["Event"], &event["Data"]["PaymentStatus"]),
        (&json!("payment_intent.created"), &json!("Created"))
    );
    assert_eq!(event["id"], Value::Null);
}
