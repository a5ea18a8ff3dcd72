//! Every switch of StableMint's that no other test turns: each of its choices can be told from the others.

use super::{ERROR, EXIT, SUCCESS, asked, gone, refused};
use crate::simulator::stablemint::model::Dialect::{V1, V2};
use crate::simulator::tests::Bench;
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn how_a_session_is_answered_and_refused() {
    let bench = Bench::new().await;
    let body = asked(json!({})).to_string();
    bench.switch("stablemint_create_status", "201").await;
    for (unit, dialect, milliseconds) in [("milliseconds", V2, true), ("seconds", V1, false)] {
        bench.switch("stablemint_expires_at_unit", unit).await;
        let told = bench.stablemint(dialect, &body).await;
        assert_eq!(told.status, StatusCode::CREATED);
        assert_eq!(told.json()["expiresAt"].as_i64().unwrap() > 100_000_000_000, milliseconds);
    }
    bench.switch("stablemint_refused_status", "422").await;
    let bad = asked(json!({"amount": null})).to_string();
    refused(&bench.stablemint(V1, &bad).await, 422, "amount");
    for (shape, text) in [("text", "amount is required"), ("empty", "")] {
        bench.switch("stablemint_error_body", shape).await;
        assert_eq!(bench.stablemint(V1, &bad).await.text, text);
    }
}

#[tokio::test]
async fn what_a_repeated_key_gets() {
    let bench = Bench::new().await;
    bench.switch("stablemint_idempotency", "409").await;
    let body = asked(json!({"idempotencyKey": "k1"})).to_string();
    assert_eq!(bench.stablemint(V1, &body).await.status, StatusCode::OK);
    refused(&bench.stablemint(V1, &body).await, 409, "");
}

#[tokio::test]
async fn which_amounts_currencies_and_times_are_taken() {
    let bench = Bench::new().await;
    let take = async |more: Value| bench.stablemint(V2, &asked(more).to_string()).await.status.as_u16();
    assert_eq!(take(json!({"amount": 120.50})).await, 400);
    bench.switch("stablemint_limits", "none").await;
    assert_eq!(take(json!({"amount": 120.50})).await, 200);
    assert_eq!(take(json!({"amount": 0})).await, 400);
    assert_eq!(take(json!({"currency": "GBP"})).await, 400);
    bench.switch("stablemint_currencies", "EUR_and_GBP").await;
    assert_eq!(take(json!({"currency": "GBP"})).await, 200);
    let headers = |time: &str| {
        let key = crate::payments::signature::RsaPrivateKey::read(super::keys::MERCHANT).unwrap();
        let signature = key.sign(format!("{time},{},u_7", super::SECRET).as_bytes());
        [("timestamp", time.to_owned()), ("signature", data_encoding::BASE64.encode(&signature))]
    };
    let old = headers("1600000000000");
    let all =
        [("api_key", super::KEY), ("content-type", "application/json"), (old[0].0, &old[0].1), (old[1].0, &old[1].1)];
    let call = async || bench.post("/stablemint/session/hosted", &all, &asked(json!({})).to_string()).await.status;
    assert_eq!(call().await, StatusCode::UNAUTHORIZED);
    bench.switch("stablemint_clock_tolerance", "none").await;
    assert_eq!(call().await, StatusCode::OK);
}

#[tokio::test]
async fn how_long_a_session_lives() {
    for (minutes, seconds) in [("5", 5 * 60), ("1440", 86_400)] {
        let bench = Bench::new().await;
        bench.switch("stablemint_lifetime_minutes", minutes).await;
        let reference = bench.open_stablemint(V1, json!({})).await;
        bench.control("clock", json!({"forward_seconds": seconds - 5})).await;
        assert_eq!(bench.stablemint_status(&reference).await, "open");
        bench.control("clock", json!({"forward_seconds": 5})).await;
        assert_eq!(bench.stablemint_status(&reference).await, "expired");
    }
}

#[tokio::test]
async fn what_webhooks_leave_out_and_how_they_write_amounts() {
    let bench = Bench::new().await;
    let told = async |more: Value| {
        let reference = bench.open_stablemint(V1, more).await;
        bench.press(&reference, "pay").await;
        (reference, bench.stablemint_webhooks().await.pop().unwrap().1)
    };
    let (_, body) = told(json!({"amount": 10})).await;
    assert!(body.contains("\"amount\":10.00,") && body.contains("\"websiteReference\":null"));
    bench.switch("stablemint_amount_form", "shortest").await;
    bench.switch("stablemint_absent_fields", "left_out").await;
    let (_, body) = told(json!({"amount": 10})).await;
    assert!(body.contains("\"amount\":10,") && !body.contains("websiteReference"));
    for (choice, field) in
        [("paymentReference", Some("paymentReference")), ("sessionId", Some("sessionId")), ("nowhere", None)]
    {
        bench.switch("stablemint_v1_reference", choice).await;
        let (reference, body) = told(json!({})).await;
        let event: Value = serde_json::from_str(&body).unwrap();
        for name in ["paymentReference", "sessionId"] {
            assert_eq!(event[name] == json!(reference), field == Some(name), "{choice}");
        }
    }
}

#[tokio::test]
async fn which_steps_are_told_and_under_which_reference() {
    let bench = Bench::new().await;
    bench.switch("stablemint_steps", "outcome").await;
    bench.switch("stablemint_v2_reference", "other").await;
    let reference = bench.open_stablemint(V2, json!({})).await;
    bench.press(&reference, "later").await;
    assert!(bench.stablemint_events().await.is_empty());
    bench.control(&format!("stablemint/{reference}/confirm"), json!({})).await;
    let webhooks = bench.stablemint_webhooks().await;
    assert!(webhooks.len() == 1 && !webhooks[0].1.contains(&reference), "{webhooks:?}");
}

#[tokio::test]
async fn what_the_addresses_carry_and_what_leaving_ends() {
    let bench = Bench::new().await;
    bench.switch("stablemint_return_query", "reference").await;
    bench.switch("stablemint_exit_ends_session", "on").await;
    let reference = bench.open_stablemint(V1, json!({})).await;
    let exit = format!("{EXIT}&reference={reference}");
    assert_eq!(bench.press(&reference, "exit").await.location(), exit);
    assert_eq!(bench.stablemint_status(&reference).await, "left");
    assert_eq!(bench.press(&reference, "pay").await.location(), exit);
    assert!(bench.stablemint_events().await.is_empty());
}

#[tokio::test]
async fn what_a_failure_and_an_expiry_leave_on_the_page() {
    let bench = Bench::new().await;
    bench.switch("stablemint_after_failure", "stays_open").await;
    bench.switch("stablemint_expired_browser", "page").await;
    let reference = bench.open_stablemint(V1, json!({})).await;
    let page = bench.press(&reference, "fail").await.location().to_owned();
    assert!(bench.get(&page).await.text.contains("You can try again"));
    assert_eq!(bench.press(&reference, "pay").await.location(), SUCCESS);
    assert_eq!(bench.stablemint_events().await, ["InwardPaymentFailed", "InwardPaymentReconciled"]);
    let reference = bench.open_stablemint(V1, json!({})).await;
    let page = bench.press(&reference, "expire").await.location().to_owned();
    let told = bench.get(&page).await;
    assert!(gone(&told) && told.text.contains(&format!("href=\"{ERROR}\"")));
}
