//! Captures, cancellations and money given back.

use super::{Bench, api_request};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn paid(bench: &Bench) -> String {
    let id = bench.open(json!({})).await;
    bench.pay_by_card(&id, "4111111111111111").await;
    bench.deliver().await;
    bench.session(&id).await["payment"]["id"].as_str().unwrap().to_owned()
}

async fn slip(bench: &Bench) -> String {
    let id = bench.open(json!({})).await;
    bench.take_slip(&id).await;
    bench.deliver().await;
    bench.session(&id).await["payment"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_part_then_the_rest_is_given_back_and_only_the_rest_makes_it_refunded() {
    let bench = Bench::new().await;
    let id = paid(&bench).await;
    let part = bench.api_post(&format!("payments/{id}/refund"), json!({"amount": 200})).await.json();
    assert_eq!((&part["status"], &part["amount_refunded"]), (&json!("captured"), &json!(200)));
    assert_eq!(bench.deliver().await, ["payment.refund.created"]);
    let too_much = bench.api_post(&format!("payments/{id}/refund"), json!({"amount": 1001})).await;
    assert_eq!(too_much.json()["error"]["code"], "not_refundable");
    let rest = bench.api_post(&format!("payments/{id}/refund"), Value::Null).await.json();
    assert_eq!((&rest["status"], &rest["refunds"][1]["amount"]), (&json!("refunded"), &json!(1000)));
    assert_eq!(bench.deliver().await, ["payment.refund.created", "payment.refunded"]);
}

#[tokio::test]
async fn a_slip_is_refunded_by_bank_transfer_only() {
    let bench = Bench::new().await;
    let id = slip(&bench).await;
    bench.control(&format!("payments/{id}/capture"), json!({})).await;
    assert_eq!(bench.deliver().await, ["payment.updated", "payment.captured"]);
    let plain = bench.api_post(&format!("payments/{id}/refund"), Value::Null).await;
    assert_eq!(plain.json()["error"]["code"], "not_refundable");
    let account = json!({
        "customer_name": "ﾃｽﾄ", "bank_name": "Test", "branch_number": "001", "account_number": "1234567",
    });
    let asked = bench.api_post(&format!("payments/{id}/refund_request"), account).await;
    assert_eq!((asked.status, asked.text.as_str()), (StatusCode::NO_CONTENT, ""));
    bench.control(&format!("payments/{id}/complete_refund_request"), json!({})).await;
    assert_eq!(bench.api_get(&format!("payments/{id}")).await.json()["status"], "refunded");
    assert_eq!(bench.deliver().await, ["payment.refund.created", "payment.refunded"]);
}

#[tokio::test]
async fn a_chargeback_is_a_refund_that_says_so() {
    let bench = Bench::new().await;
    let id = paid(&bench).await;
    bench.control(&format!("payments/{id}/chargeback"), json!({})).await;
    assert_eq!(bench.api_get(&format!("payments/{id}")).await.json()["refunds"][0]["chargeback"], true);
    assert_eq!(bench.deliver().await, ["payment.refund.created", "payment.refunded"]);
}

#[tokio::test]
async fn a_held_card_is_captured_in_part_and_each_version_tells_it_its_way() {
    let bench = Bench::new().await;
    let session = bench.open(json!({"payment_data": {"capture": "manual"}})).await;
    bench.pay_by_card(&session, "4111111111111111").await;
    assert_eq!(bench.deliver().await, ["payment.authorized"]);
    let id = bench.session(&session).await["payment"]["id"].as_str().unwrap().to_owned();
    let new = bench.api_post(&format!("payments/{id}/capture"), json!({"amount": 700})).await.json();
    assert_eq!((&new["captures"][0]["amount"], &new["amount_refunded"]), (&json!(700), &json!(0)));
    let version = [("x-komoju-api-version", "2024-07-15")];
    let old = bench.tell(api_request("GET", &format!("payments/{id}"), &version, &Value::Null)).await.json();
    assert_eq!((&old["captures"], &old["amount_refunded"]), (&Value::Null, &json!(500)));
}

#[tokio::test]
async fn only_what_is_not_paid_can_be_cancelled_and_only_held_cards_captured() {
    let bench = Bench::new().await;
    let (card, slip) = (paid(&bench).await, slip(&bench).await);
    let refused = bench.api_post(&format!("payments/{card}/cancel"), Value::Null).await;
    assert_eq!(refused.json()["error"]["code"], "not_cancellable");
    let refused = bench.api_post(&format!("payments/{slip}/capture"), Value::Null).await;
    assert_eq!(refused.json()["error"]["code"], "not_capturable");
    assert_eq!(bench.api_post(&format!("payments/{slip}/cancel"), Value::Null).await.json()["status"], "cancelled");
    assert_eq!(bench.deliver().await, ["payment.cancelled"]);
}

#[tokio::test]
async fn a_session_is_paid_without_its_page_and_declined_with_the_switchs_status() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    let card =
        |number: &str| json!({"payment_details": {"type": "credit_card", "number": number, "month": 12, "year": 2099}});
    for status in ["402", "422", "502"] {
        bench.switch("decline_status", status).await;
        let told = bench.api_post(&format!("sessions/{id}/pay"), card("4123111111111018")).await;
        assert_eq!((told.status.as_str(), &told.json()["error"]["code"]), (status, &json!("exceeds_limit")));
    }
    let told = bench.api_post(&format!("sessions/{id}/pay"), card("4111111111111111")).await.json();
    assert_eq!((&told["status"], &told["payment"]["status"]), (&json!("completed"), &json!("captured")));
}
