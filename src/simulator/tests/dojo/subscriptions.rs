//! `/webhooks`: subscriptions and their secrets.

use super::{GOOD, call, deliver, make, pay};
use crate::payments::signature;
use crate::simulator::sender;
use crate::simulator::tests::{Bench, Told};
use axum::http::StatusCode;
use data_encoding::HEXUPPER;
use serde_json::{Value, json};

async fn subscribe(bench: &Bench, events: &[&str]) -> Told {
    call(bench, "POST", "webhooks", json!({"events": events, "url": bench.app.shop_url, "description": "Demo"})).await
}

fn is_signed_with(secret: &Value, header: &str, body: &str) -> bool {
    let bytes = HEXUPPER.decode(header.strip_prefix("sha256=").unwrap().replace('-', "").as_bytes()).unwrap();
    signature::verifies(secret.as_str().unwrap().as_bytes(), body.as_bytes(), &bytes)
}

/// The header and body of the one webhook that paying causes.
async fn one_delivery(bench: &Bench) -> (String, String) {
    let body = json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r"});
    let id = call(bench, "POST", "payment-intents", body).await.json()["id"].as_str().unwrap().to_owned();
    pay(bench, &id, GOOD).await;
    while sender::send_next(&bench.app).await {}
    let mut received = bench.take();
    assert_eq!(received.len(), 1);
    let (headers, body) = received.remove(0);
    (headers["dojo-signature"].to_str().unwrap().to_owned(), body)
}

#[tokio::test]
async fn before_the_first_subscription_everything_goes_to_the_shop_and_afterwards_only_what_was_subscribed_to() {
    let bench = Bench::new().await;
    make(&bench, json!({})).await;
    let told = subscribe(&bench, &["payment_intent.status_updated"]).await;
    let subscription = told.json();
    assert_eq!(told.status, StatusCode::OK);
    assert!(subscription["id"].as_str().unwrap().starts_with("ws_sandbox_"));
    assert_eq!(
        (&subscription["accountId"], &subscription["secrets"][0]["isActive"]),
        (&json!("acc_simulator"), &json!(true))
    );
    let (header, body) = one_delivery(&bench).await;
    assert!(is_signed_with(&subscription["secrets"][0]["value"], &header, &body));
    assert_eq!(call(&bench, "GET", "webhooks", Value::Null).await.json(), json!([subscription]));
    let path = format!("webhooks/{}", subscription["id"].as_str().unwrap());
    assert_eq!(call(&bench, "DELETE", &path, Value::Null).await.status, StatusCode::NO_CONTENT);
    let body = json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r"});
    call(&bench, "POST", "payment-intents", body).await;
    assert_eq!(deliver(&bench).await, [""; 0]);
}

#[tokio::test]
async fn a_secret_is_changed_without_losing_one_webhook() {
    let bench = Bench::new().await;
    let subscription = subscribe(&bench, &["payment_intent.status_updated"]).await.json();
    let path = format!("webhooks/{}/secrets", subscription["id"].as_str().unwrap());
    let old = subscription["secrets"][0].clone();
    let new = call(&bench, "POST", &path, Value::Null).await.json()["secrets"][0].clone();
    assert_eq!(new["isActive"], false);
    let (header, body) = one_delivery(&bench).await;
    assert!(is_signed_with(&old["value"], &header, &body));
    let (of_new, of_old) = (new["id"].as_str().unwrap(), old["id"].as_str().unwrap());
    let activated = call(&bench, "PUT", &format!("{path}/{of_new}/activate"), Value::Null).await;
    assert_eq!(activated.status, StatusCode::NO_CONTENT);
    let (header, body) = one_delivery(&bench).await;
    assert!(is_signed_with(&new["value"], &header, &body));
    let refused = call(&bench, "DELETE", &format!("{path}/{of_new}"), Value::Null).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "it signs");
    assert_eq!(call(&bench, "DELETE", &format!("{path}/{of_old}"), Value::Null).await.status, StatusCode::NO_CONTENT);
    let left = call(&bench, "GET", &path, Value::Null).await.json();
    assert_eq!((left["secrets"].as_array().unwrap().len(), &left["secrets"][0]["id"]), (1, &new["id"]));
}

#[tokio::test]
async fn a_subscription_must_be_sound_and_no_event_has_two() {
    let bench = Bench::new().await;
    for body in [
        json!({"events": [], "url": "https://example.com"}),
        json!({"events": ["payment.successful"], "url": "https://example.com"}),
        json!({"events": ["payment_intent.created"]}),
        json!({"events": ["payment_intent.created"], "url": "http://example.com/hook"}),
        json!({"events": ["payment_intent.created"], "url": "ftp://localhost"}),
    ] {
        assert_eq!(call(&bench, "POST", "webhooks", body.clone()).await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let first = subscribe(&bench, &["payment_intent.created"]).await.json();
    assert_eq!(subscribe(&bench, &["payment_intent.created"]).await.status, StatusCode::CONFLICT);
    let path = format!("webhooks/{}", first["id"].as_str().unwrap());
    let amended = call(&bench, "PATCH", &path, json!({"url": "https://example.com/x"})).await.json();
    assert_eq!((&amended["url"], &amended["events"]), (&json!("https://example.com/x"), &first["events"]));
    assert_eq!(call(&bench, "GET", "webhooks/events", Value::Null).await.json()[0]["model"], "PaymentIntent");
}

#[tokio::test]
async fn names_that_do_not_exist_are_refused_as_the_sandbox_does() {
    let bench = Bench::new().await;
    for (method, path, status) in [
        ("DELETE", "webhooks/ws_x", 404),
        ("PATCH", "webhooks/ws_x", 404),
        ("GET", "webhooks/ws_x/secrets", 404),
        ("PUT", "webhooks/ws_x/secrets/sc_x/activate", 404),
        ("DELETE", "webhooks/ws_x/secrets/sc_x", 401),
    ] {
        assert_eq!(call(&bench, method, path, Value::Null).await.status.as_u16(), status, "{method} {path}");
    }
}
