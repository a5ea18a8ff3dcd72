//! The Platform Model: payments that are shared with sellers, and what KOMOJU decides about the sellers.

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
async fn every_decision_about_a_seller_is_told_each_time() {
    let bench = Bench::new().await;
    let decide = async |action: &str, body| bench.control(&format!("komoju/sellers/kiln-kumo/{action}"), body).await;
    decide("decline", json!({})).await;
    decide("accept", json!({})).await;
    decide("accept", json!({})).await;
    decide("accept_method", json!({"method": "credit_card"})).await;
    decide("decline_method", json!({"method": "konbini"})).await;
    assert_eq!(
        deliver(&bench).await,
        [
            "submerchant.application.declined kiln-kumo",
            "submerchant.application.accepted kiln-kumo",
            "submerchant.application.accepted kiln-kumo",
            "submerchant.payment_method_application.accepted kiln-kumo",
            "submerchant.payment_method_application.declined kiln-kumo",
        ]
    );
    let state = bench.get("/control/state").await.json();
    assert_eq!(
        state["sellers"][0],
        json!({
            "id": "kiln-kumo", "name": "Kiln Kumo", "application": "accepted",
            "methods": {"credit_card": "accepted", "konbini": "declined"},
        })
    );
    assert_eq!(state["sellers"][2]["application"], "pending");
    for (path, body, status) in [
        ("sellers/nobody/accept", "", 404),
        ("sellers/kiln-kumo/ponder", "", 404),
        ("sellers/kiln-kumo/accept_method", "", 422),
        ("sellers/kiln-kumo/accept", r#"{"method":"konbini"}"#, 422),
        ("sellers/kiln-kumo/accept_method", r#"{"method":"barter"}"#, 422),
        ("settlements", r#"{"seller":"nobody"}"#, 404),
        ("refund_requests/nobody/completed", "", 404),
        ("refund_requests/nobody/pondered", "", 404),
    ] {
        let told = bench.post(&format!("/control/komoju/{path}"), &[], body).await;
        assert_eq!(told.status.as_u16(), status, "{path} {body}");
    }
}

#[tokio::test]
async fn each_is_paid_out_its_share_once_and_bears_the_refunds_that_name_it() {
    let bench = Bench::new().await;
    let id = paid(&bench).await;
    let settle = async |seller: Value| {
        let answer = bench.control("komoju/settlements", json!({ "seller": seller })).await;
        answer["settlement"]["settlement_amount_cents"].as_i64().unwrap()
    };
    assert_eq!(settle(json!("kiln-kumo")).await, 630);
    assert_eq!(settle(json!("studio-ame")).await, 450);
    assert_eq!(settle(Value::Null).await, 120, "the platform keeps its fees");
    assert_eq!(settle(json!("kiln-kumo")).await, 0);
    let details = json!({"submerchants": [{"submerchant_id": "kiln-kumo", "amount": 100}]});
    let refund = json!({"amount": 100, "platform_details": details});
    let payment = bench.api_post(&format!("payments/{id}/refund"), refund).await.json();
    assert_eq!(payment["refunds"][0]["platform_details"][0]["submerchant_id"], "kiln-kumo");
    bench.api_post(&format!("payments/{id}/refund"), json!({"amount": 20})).await;
    assert_eq!((settle(json!("kiln-kumo")).await, settle(Value::Null).await), (-100, -20));
    let events = events(&bench).await;
    let settled: Vec<String> = events.iter().map(tell).filter(|kind| kind.contains("settlement")).collect();
    assert_eq!(settled[0], "submerchant.settlement.created kiln-kumo");
    assert_eq!(settled[2], "settlement.created -");
    let own = events.iter().find(|event| event["type"] == "settlement.created").unwrap();
    let path = format!("settlements/{}", own["data"]["id"].as_str().unwrap());
    assert_eq!(bench.api_get(&path).await.json(), own["data"]);
    let wrong = json!({"amount": 100, "platform_details": [{"submerchant_id": "kiln-kumo", "amount": 99}]});
    assert_eq!(
        bench.api_post(&format!("payments/{id}/refund"), wrong).await.json()["error"]["param"],
        "platform_details"
    );
}

/// A slip of 1,200 yen that two sellers share, paid, with a request to give 200 back.
async fn with_a_refund_request(bench: &Bench) -> String {
    let session = bench.open(shared()).await;
    bench.take_slip(&session).await;
    let id = bench.session(&session).await["payment"]["id"].as_str().unwrap().to_owned();
    bench.control(&format!("payments/{id}/capture"), json!({})).await;
    let account = json!({
        "amount": 200, "customer_name": "ﾃｽﾄ", "bank_name": "Test", "branch_number": "001", "account_number": "1234567",
    });
    assert_eq!(bench.api_post(&format!("payments/{id}/refund_request"), account).await.status, StatusCode::NO_CONTENT);
    deliver(bench).await;
    id
}

#[tokio::test]
async fn what_becomes_of_a_refund_request_is_told_to_the_sellers() {
    let bench = Bench::new().await;
    for (update, back, told) in [("rejected", 0, 2), ("completed", 200, 5)] {
        let id = with_a_refund_request(&bench).await;
        bench.control(&format!("komoju/refund_requests/{id}/{update}"), json!({})).await;
        let events = events(&bench).await;
        assert_eq!(events.len(), told, "{update}");
        assert_eq!(tell(&events[0]), "submerchant.refund_request.updated kiln-kumo");
        assert_eq!(events[0]["data"]["refund_requests"][0]["status"], update);
        assert_eq!(bench.api_get(&format!("payments/{id}")).await.json()["amount_refunded"], back);
        let again = bench.post(&format!("/control/komoju/refund_requests/{id}/{update}"), &[], "").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn what_an_event_about_a_refund_request_has_in_its_data() {
    let bench = Bench::new().await;
    bench.switch("refund_request_event", "refund_request").await;
    let id = with_a_refund_request(&bench).await;
    bench.control(&format!("komoju/refund_requests/{id}/rejected"), json!({})).await;
    let data = events(&bench).await[0]["data"].clone();
    assert_eq!((&data["status"], &data["payment"], &data["amount"]), (&json!("rejected"), &json!(id), &json!(200)));
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

#[tokio::test]
async fn the_page_has_a_button_for_every_decision() {
    let bench = Bench::new().await;
    let page = bench.get("/").await.text;
    for text in ["Kiln Kumo", "/actions/komoju/sellers/paper-oto/decline", "Accept method", "The platform itself"] {
        assert!(page.contains(text), "{text}");
    }
    for (path, form) in [
        ("sellers/kiln-kumo/accept", ""),
        ("sellers/kiln-kumo/decline_method", "method=konbini"),
        ("settlements", "seller="),
        ("settlements", "seller=kiln-kumo"),
    ] {
        assert_eq!(
            bench.submit(&format!("/actions/komoju/{path}"), form).await.location(),
            "/#sellers",
            "{path} {form}"
        );
    }
    assert_eq!(bench.submit("/actions/komoju/settlements", "seller=nobody").await.location(), "/?problem=1");
    assert_eq!(deliver(&bench).await.len(), 4);
    let elsewhere = [("origin", "http://localhost:3000")];
    let told = bench.post("/actions/komoju/sellers/kiln-kumo/accept", &elsewhere, "").await;
    assert_eq!(told.status, StatusCode::FORBIDDEN);
}
