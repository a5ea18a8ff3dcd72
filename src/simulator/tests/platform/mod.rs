//! The Platform Model: payments that are shared with sellers, and what KOMOJU decides about the sellers.

mod decisions;

use super::Bench;
use crate::simulator::sender;
use axum::http::StatusCode;
use serde_json::{Value, json};

const GOOD: &str = "4111111111111111";

fn shared() -> Value {
    json!({"payment_data": {"platform_details": {"submerchants": [
        {"submerchant_id": "kiln-kumo", "amount": 700, "platform_fee": 70},
        {"submerchant_id": "studio-ame", "amount": "500", "platform_fee": "50"},
    ]}}})
}

/// A payment of 1,200 yen that two sellers share; its name.
async fn paid(bench: &Bench) -> String {
    let id = bench.open(shared()).await;
    bench.pay_by_card(&id, GOOD).await;
    bench.session(&id).await["payment"]["id"].as_str().unwrap().to_owned()
}

/// Delivers; answers the kinds with the seller of each: `payment.captured -`.
async fn deliver(bench: &Bench) -> Vec<String> {
    events(bench).await.iter().map(tell).collect()
}

async fn events(bench: &Bench) -> Vec<Value> {
    while sender::send_next(&bench.app).await {}
    bench.take().into_iter().map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
}

fn tell(event: &Value) -> String {
    let seller = event["submerchant_id"].as_str().unwrap_or("-");
    format!("{} {seller}", event["type"].as_str().unwrap())
}

#[tokio::test]
async fn every_seller_of_a_payment_gets_the_platforms_events_too() {
    let bench = Bench::new().await;
    let id = paid(&bench).await;
    let events = events(&bench).await;
    assert_eq!(
        events.iter().map(tell).collect::<Vec<_>>(),
        [
            "payment.updated -",
            "submerchant.payment.updated kiln-kumo",
            "submerchant.payment.updated studio-ame",
            "payment.captured -",
            "submerchant.payment.captured kiln-kumo",
            "submerchant.payment.captured studio-ame",
        ]
    );
    assert_eq!(events[4]["data"], events[3]["data"]);
    assert_eq!(events[4]["data"]["id"], json!(id));
    bench.api_post(&format!("payments/{id}/refund"), json!({"amount": 1})).await;
    assert_eq!(deliver(&bench).await[2], "submerchant.payment.refund.created studio-ame");
}

#[tokio::test]
async fn an_event_for_a_seller_has_the_fields_of_the_providers_sample_in_its_order() {
    let bench = Bench::new().await;
    paid(&bench).await;
    while sender::send_next(&bench.app).await {}
    let (headers, body) = bench.take().remove(1);
    assert_eq!(headers["x-komoju-event"], "submerchant.payment.updated");
    assert!(headers.contains_key("x-komoju-signature"));
    let keys =
        ["data", "customer_given_name", "platform_details", "mcc", "refund_requests", "reason", "submerchant_id"];
    let places: Vec<usize> = keys.iter().map(|key| body.rfind(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{body}");
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        event["data"]["platform_details"][0],
        json!({"submerchant_id": "kiln-kumo", "amount": 700, "platform_fee": 70, "intermediary": false})
    );
}

#[tokio::test]
async fn shares_must_add_up_and_a_payment_without_them_says_nothing_of_them() {
    let bench = Bench::new().await;
    let body = json!({"amount": 1201, "currency": "JPY", "payment_data": shared()["payment_data"]});
    let refused = bench.api_post("sessions", body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["error"]["param"], "payment_data[platform_details]");
    let id = bench.open(json!({})).await;
    bench.pay_by_card(&id, GOOD).await;
    assert_eq!(bench.session(&id).await["payment"].get("platform_details"), None);
    assert_eq!(deliver(&bench).await, ["payment.updated -", "payment.captured -"]);
}

#[tokio::test]
async fn shares_can_be_sent_as_a_form() {
    let bench = Bench::new().await;
    let form = "amount=5000&currency=JPY\
        &payment_data[platform_details][submerchants][][submerchant_id]=kiln-kumo\
        &payment_data[platform_details][submerchants][][amount]=3000\
        &payment_data[platform_details][submerchants][][submerchant_id]=paper-oto\
        &payment_data[platform_details][submerchants][][amount]=2000";
    let key = data_encoding::BASE64.encode(format!("{}:", super::KEY).as_bytes());
    let headers =
        [("authorization", format!("Basic {key}")), ("content-type", "application/x-www-form-urlencoded".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let session = bench.post("/komoju/api/v1/sessions", &headers, form).await.json();
    let details = &session["payment_data"]["platform_details"];
    assert_eq!((&details[1]["submerchant_id"], &details[1]["amount"]), (&json!("paper-oto"), &json!(2000)));
}

#[tokio::test]
async fn how_shares_are_shown_and_what_must_add_up() {
    let bench = Bench::new().await;
    bench.switch("platform_details_shape", "object").await;
    bench.switch("platform_sum", "amounts_and_fees").await;
    let refused = json!({"amount": 1200, "currency": "JPY", "payment_data": shared()["payment_data"]});
    assert_eq!(bench.api_post("sessions", refused).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let share = json!({"submerchant_id": "kiln-kumo", "amount": 1000, "platform_fee": 200});
    let id = bench.open(json!({"payment_data": {"platform_details": [share]}})).await;
    assert_eq!(
        bench.session(&id).await["payment_data"]["platform_details"],
        json!({"processing_merchant_id": null, "submerchants": [share]})
    );
}

#[tokio::test]
async fn whether_a_seller_can_be_paid_before_it_is_accepted() {
    let bench = Bench::new().await;
    let mut body = json!({"amount": 1200, "currency": "JPY"});
    body["payment_data"] = shared()["payment_data"].clone();
    bench.switch("unapproved_seller", "refused").await;
    assert_eq!(bench.api_post("sessions", body.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for seller in ["kiln-kumo", "studio-ame"] {
        bench.control(&format!("komoju/sellers/{seller}/accept"), json!({})).await;
    }
    assert_eq!(bench.api_post("sessions", body).await.status, StatusCode::OK);
}
