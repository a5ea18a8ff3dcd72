//! What KOMOJU decides: about sellers' applications, settlements and refund requests.

use super::{deliver, events, paid, shared, tell};
use crate::simulator::tests::Bench;
use axum::http::StatusCode;
use serde_json::{Value, json};

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
