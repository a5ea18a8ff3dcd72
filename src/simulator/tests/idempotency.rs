//! `X-KOMOJU-IDEMPOTENCY`, through the router.

use super::{Bench, Told, api_request};
use axum::http::StatusCode;
use serde_json::{Value, json};

const HEADER: &str = "x-komoju-idempotency";

async fn create(bench: &Bench, key: &str, body: &Value) -> Told {
    bench.tell(api_request("POST", "sessions", &[(HEADER, key)], body)).await
}

#[tokio::test]
async fn the_first_answer_to_a_key_is_the_answer_for_a_day() {
    let bench = Bench::new().await;
    let body = json!({"amount": 1, "currency": "JPY", "payment_data": {"external_order_num": "one"}});
    let first = create(&bench, "key-1", &body).await;
    assert_eq!(create(&bench, "key-1", &body).await.text, first.text);
    bench.control("clock", json!({"forward_seconds": 86_400})).await;
    let later = create(&bench, "key-1", &body).await;
    assert_eq!(later.json()["error"]["param"], "external_order_num", "it was tried anew: {}", later.text);
}

#[tokio::test]
async fn another_body_gets_the_first_answer_or_is_refused_as_the_switch_says() {
    let bench = Bench::new().await;
    let first = create(&bench, "key-1", &json!({"amount": 1, "currency": "JPY"})).await;
    let other = json!({"amount": 2, "currency": "JPY"});
    assert_eq!(create(&bench, "key-1", &other).await.text, first.text);
    bench.switch("idempotency_other_body", "422").await;
    assert_eq!(create(&bench, "key-1", &other).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn errors_are_remembered_too_unless_the_switch_says_otherwise() {
    let bench = Bench::new().await;
    let body = json!({"amount": 1, "currency": "JPY", "payment_data": {"external_order_num": "one"}});
    create(&bench, "key-1", &body).await;
    assert_eq!(create(&bench, "key-2", &body).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    bench.switch("duplicate_order_num", "accepted").await;
    assert_eq!(create(&bench, "key-2", &body).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    bench.switch("duplicate_order_num", "refused").await;
    bench.switch("idempotency_replays_errors", "off").await;
    assert_eq!(create(&bench, "key-3", &body).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    bench.switch("duplicate_order_num", "accepted").await;
    assert_eq!(create(&bench, "key-3", &body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_whose_first_request_still_runs_gets_409_and_makes_nothing() {
    let bench = Bench::new().await;
    bench.control("answers", json!({"next": [{"path": "sessions", "wait_ms": 300}]})).await;
    let body = json!({"amount": 1, "currency": "JPY"});
    let (first, second) = tokio::join!(create(&bench, "key-1", &body), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        create(&bench, "key-1", &body).await
    });
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::CONFLICT));
    assert_eq!(create(&bench, "key-1", &body).await.text, first.text);
    assert_eq!(bench.get("/control/state").await.json()["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_must_be_1_to_100_ascii_characters() {
    let bench = Bench::new().await;
    let body = json!({"amount": 1, "currency": "JPY"});
    assert_eq!(create(&bench, &"k".repeat(100), &body).await.status, StatusCode::OK);
    for key in ["", &"k".repeat(101), "clé"] {
        assert_eq!(create(&bench, key, &body).await.status, StatusCode::BAD_REQUEST, "{key}");
    }
}
