//! What becomes of calls of an API.

use super::{Bench, plan};
use crate::simulator::tests::api_request;
use axum::body::to_bytes;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn sessions(bench: &Bench) -> usize {
    bench.get("/control/state").await.json()["sessions"].as_array().unwrap().len()
}

/// Whether opening a session breaks off instead of being answered.
async fn breaks_off(bench: &Bench) -> bool {
    let body = json!({ "amount": 1, "currency": "JPY" });
    let answer = bench.call(api_request("POST", "sessions", &[], &body)).await;
    to_bytes(answer.into_body(), usize::MAX).await.is_err()
}

#[tokio::test]
async fn a_call_that_gets_no_answer_was_carried_out_or_not_as_planned() {
    for (what, made) in [
        (json!({ "kind": "no_answer", "work": true }), 1),
        (json!({ "kind": "no_answer", "work": false }), 0),
        (json!({ "kind": "half" }), 1),
    ] {
        let bench = Bench::new().await;
        plan(&bench, json!({ "on": "POST sessions", "times": 1 }), what.clone()).await;
        assert!(breaks_off(&bench).await, "{what}");
        assert_eq!(sessions(&bench).await, made, "{what}");
        assert!(!breaks_off(&bench).await, "{what}: once");
    }
}

#[tokio::test]
async fn a_status_is_answered_in_each_providers_form_until_the_fault_is_removed() {
    let bench = Bench::new().await;
    plan(&bench, json!({}), json!({ "kind": "status", "status": 502 })).await;
    for _ in 0..3 {
        let told = bench.api_get("payments").await;
        assert_eq!((told.status.as_u16(), &told.json()["error"]["code"]), (502, &json!("bad_gateway")));
    }
    assert_eq!(sessions(&bench).await, 0);
    let id = bench.get("/control/faults").await.json()["faults"][0]["id"].clone();
    let delete = crate::simulator::tests::request("DELETE", &format!("/control/faults/{id}"), &[], "");
    assert_eq!(bench.tell(delete).await.status, StatusCode::OK);
    assert_eq!(bench.api_get("payments").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_status_after_the_work_hides_a_session_that_its_key_then_tells() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "times": 2 }), json!({ "kind": "status", "status": 502, "work": true })).await;
    let body = json!({ "amount": 1, "currency": "JPY" });
    let ask = async || {
        let request = api_request("POST", "sessions", &[("X-KOMOJU-IDEMPOTENCY", "key")], &body);
        bench.tell(request).await
    };
    for _ in 0..2 {
        assert_eq!(ask().await.status, StatusCode::BAD_GATEWAY);
        assert_eq!(sessions(&bench).await, 1);
    }
    assert_eq!(ask().await.status, StatusCode::OK);
    assert_eq!(sessions(&bench).await, 1);
}

#[tokio::test]
async fn a_slow_call_is_answered_late_and_rightly() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "times": 1 }), json!({ "kind": "slow", "ms": 200 })).await;
    let begun = Instant::now();
    assert_eq!(bench.api_get("payments").await.status, StatusCode::OK);
    assert!(begun.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_fault_of_one_session_spares_the_calls_about_another() {
    let bench = Bench::new().await;
    let (one, other) = (bench.open(json!({})).await, bench.open(json!({})).await);
    plan(&bench, json!({ "session": one }), json!({ "kind": "status", "status": 500 })).await;
    let status = async |id: &str| bench.api_get(&format!("sessions/{id}")).await.status.as_u16();
    assert_eq!((status(&one).await, status(&other).await), (500, 200));
}

#[tokio::test]
async fn who_has_not_the_key_uses_no_fault_up() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "times": 1 }), json!({ "kind": "status", "status": 500 })).await;
    assert_eq!(bench.get("/komoju/api/v1/payments").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bench.api_post("sessions", Value::Null).await.status, StatusCode::INTERNAL_SERVER_ERROR);
}
