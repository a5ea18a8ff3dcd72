//! Every switch that no other test turns: each of its choices can be told from the other.

use super::{Bench, api_request};
use axum::http::StatusCode;
use serde_json::{Value, json};

const GOOD: &str = "4111111111111111";
const BAD: &str = "4123111111111000";

#[tokio::test]
async fn which_events_a_capture_causes() {
    for (switch, choice, events) in [
        ("updated_with_captured", "on", vec!["payment.updated", "payment.captured"]),
        ("updated_with_captured", "off", vec!["payment.captured"]),
        ("authorized_before_captured", "on", vec!["payment.authorized", "payment.updated", "payment.captured"]),
    ] {
        let bench = Bench::new().await;
        bench.switch(switch, choice).await;
        let id = bench.open(json!({})).await;
        bench.pay_by_card(&id, GOOD).await;
        assert_eq!(bench.deliver().await, events, "{switch} {choice}");
    }
}

#[tokio::test]
async fn whether_the_end_of_a_payment_is_also_an_update() {
    let bench = Bench::new().await;
    bench.switch("updated_with_ended", "on").await;
    let id = bench.open(json!({})).await;
    bench.take_slip(&id).await;
    bench.deliver().await;
    bench.control("clock", json!({"forward_seconds": 4 * 86_400})).await;
    assert_eq!(bench.deliver().await, ["payment.updated", "payment.expired"]);
}

#[tokio::test]
async fn what_a_declined_try_leaves_and_what_cancelling_the_session_does_to_it() {
    for (cancels, status, events) in [("on", "cancelled", vec!["payment.cancelled"]), ("off", "pending", vec![])] {
        let bench = Bench::new().await;
        bench.switch("failed_payment_status", "pending").await;
        bench.switch("cancel_session_cancels_payment", cancels).await;
        let id = bench.open(json!({})).await;
        bench.pay_by_card(&id, BAD).await;
        assert_eq!(bench.session(&id).await["payment"]["status"], "pending");
        bench.deliver().await;
        let session = bench.api_post(&format!("sessions/{id}/cancel"), Value::Null).await.json();
        assert_eq!((&session["status"], &session["payment"]["status"]), (&json!("cancelled"), &json!(status)));
        assert_eq!(bench.deliver().await, events);
    }
}

#[tokio::test]
async fn what_a_version_that_does_not_exist_does() {
    let bench = Bench::new().await;
    let ask = || api_request("GET", "payments", &[("x-komoju-api-version", "1999-01-01")], &Value::Null);
    assert_eq!(bench.tell(ask()).await.status, StatusCode::OK);
    bench.switch("unknown_api_version", "400").await;
    assert_eq!(bench.tell(ask()).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn which_version_answers_when_none_is_named() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    bench.pay_by_card(&id, GOOD).await;
    assert!(bench.session(&id).await["payment"]["captures"].is_array());
    bench.switch("default_api_version", "2024-07-15").await;
    assert_eq!(bench.session(&id).await["payment"]["captures"], Value::Null);
}

#[tokio::test]
async fn how_refunds_are_refused_or_answered() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    bench.take_slip(&id).await;
    let payment = bench.session(&id).await["payment"]["id"].as_str().unwrap().to_owned();
    bench.control(&format!("payments/{payment}/capture"), json!({})).await;
    bench.switch("refund_request_answer", "200").await;
    let account = json!({"customer_name": "T", "bank_name": "T", "branch_number": "001", "account_number": "1"});
    let asked = bench.api_post(&format!("payments/{payment}/refund_request"), account).await;
    assert_eq!(asked.status, StatusCode::OK);
    bench.switch("refund_on_konbini", "accepted").await;
    bench.switch("over_refund", "invalid_parameter").await;
    let path = format!("payments/{payment}/refund");
    assert_eq!(bench.api_post(&path, json!({"amount": 1201})).await.json()["error"]["code"], "invalid_parameter");
    assert_eq!(bench.api_post(&path, json!({"amount": 1200})).await.json()["status"], "refunded");
}

#[tokio::test]
async fn whether_methods_that_only_know_yen_are_offered_in_pounds() {
    let bench = Bench::new().await;
    let methods = async || {
        let id = bench.open(json!({"currency": "GBP"})).await;
        bench.session(&id).await["payment_methods"].as_array().unwrap().len()
    };
    assert_eq!(methods().await, 4);
    bench.switch("payment_method_conversion", "off").await;
    assert_eq!(methods().await, 1);
    let asked = json!({"amount": 1, "currency": "GBP", "payment_types": ["konbini"]});
    assert_eq!(bench.api_post("sessions", asked).await.json()["error"]["code"], "invalid_payment_type");
}
