//! The calls about payment intents, and what every call must have.

use super::{KEY, call, call_with, deliver, forward, make, pay, show};
use crate::simulator::tests::{Bench, request};
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn the_key_stands_in_the_header_as_it_is_and_every_call_names_a_version() {
    let bench = Bench::new().await;
    let status = async |authorisation: &str, version: &str| {
        let headers = [("authorization", authorisation), ("Version", version)];
        bench.tell(request("GET", "/dojo/payment-intents/pi_sandbox_T", &headers, "")).await.status
    };
    let right = format!("Basic {KEY}");
    assert_eq!(status(&right, "2026-02-27").await, StatusCode::NOT_FOUND);
    assert_eq!(status(&right, "2022-01-03").await, StatusCode::NOT_FOUND);
    for version in ["", "1", "2021-12-31", "2024-13-01", "27-02-2026"] {
        assert_eq!(status(&right, version).await, StatusCode::BAD_REQUEST, "{version}");
    }
    for wrong in ["", "Basic", "Basic wrong", &format!("Bearer {KEY}"), "Basic c2tfc2FuZGJveF9iZW5jaDo=", KEY] {
        assert_eq!(status(wrong, "2026-02-27").await, StatusCode::UNAUTHORIZED, "{wrong}");
    }
}

#[tokio::test]
async fn an_intent_is_made_and_shown_in_the_providers_order() {
    let bench = Bench::new().await;
    let body =
        json!({"amount": {"value": 1000, "currencyCode": "GBP"}, "reference": "Order 234", "description": "Demo"});
    let told = call(&bench, "POST", "payment-intents/", body).await;
    assert_eq!(
        (told.status, &told.headers["content-type"]),
        (StatusCode::OK, &"application/json; charset=utf-8".parse().unwrap())
    );
    let keys = [
        "id",
        "captureMode",
        "cardHolderNotPresent",
        "clientSessionSecretExpirationDate",
        "status",
        "paymentMethods",
        "amount",
        "totalAmount",
        "refundedAmount",
        "createdAt",
        "updatedAt",
        "reference",
        "description",
        "itemLines",
        "taxLines",
        "merchantConfig",
        "config",
        "paymentSource",
        "expireAt",
        "metadata",
        "paymentEvents",
        "paymentLink",
        "terminalSessionHistory",
    ];
    let places: Vec<usize> = keys.iter().map(|key| told.text.find(&format!("\"{key}\":")).expect(key)).collect();
    assert!(places.is_sorted(), "{}", told.text);
    let intent = told.json();
    let id = intent["id"].as_str().unwrap();
    assert!(id.starts_with("pi_sandbox_") && id.len() == 33, "{id}");
    assert_eq!((&intent["status"], &intent["captureMode"]), (&json!("Created"), &json!("Auto")));
    assert_eq!(intent["clientSessionSecretExpirationDate"], "0001-01-01T00:00:00Z");
    assert_eq!(intent["paymentLink"], format!("http://127.0.0.1:4000/dojo/checkout/{id}"));
    assert_eq!(intent["createdAt"].as_str().unwrap().len(), "2024-04-07T23:25:44.8022580Z".len());
    assert!(show(&bench, id).await["createdAt"].as_str().unwrap().len() <= "2024-04-07T23:25:44.802Z".len());
}

#[tokio::test]
async fn only_the_oldest_version_answers_with_a_secret_for_the_browser() {
    let bench = Bench::new().await;
    let body = || json!({"amount": {"value": 1, "currencyCode": "EUR"}, "reference": "r"});
    let make = async |version: &'static str| {
        let headers =
            [("authorization", "Basic sk_sandbox_bench"), ("version", version), ("content-type", "application/json")];
        bench.tell(request("POST", "/dojo/payment-intents", &headers, &body().to_string())).await.json()
    };
    assert!(make("2024-02-04").await["clientSessionSecret"].is_string());
    let intent = make("2024-02-05").await;
    assert_eq!(intent["clientSessionSecret"], Value::Null);
    let path = format!("payment-intents/{}/refresh-client-session-secret", intent["id"].as_str().unwrap());
    let secret = call(&bench, "POST", &path, Value::Null).await.json()["clientSessionSecret"].clone();
    assert_eq!(secret.as_str().unwrap().len(), 160);
    assert!(secret.as_str().unwrap().ends_with("=="));
}

#[tokio::test]
async fn making_an_intent_twice_makes_two_whatever_key_comes_with_it() {
    let bench = Bench::new().await;
    let body = || json!({"amount": {"value": 1000, "currencyCode": "GBP"}, "reference": "Order 234"});
    let make = async || call_with(&bench, "POST", "payment-intents", &[("idempotencyKey", "one")], body()).await.json();
    assert_ne!(make().await["id"], make().await["id"]);
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let bench = Bench::new().await;
    let body = json!({
        "amount": {"value": "1000", "currencyCode": "JPY"}, "captureMode": "Later", "autoExpireIn": "00:00:30",
        "config": {"redirectUrl": "localhost"}, "itemLines": [{"name": "no amount"}],
    });
    let told = call(&bench, "POST", "payment-intents", body).await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    let problem = told.json();
    let fields: Vec<&String> = problem["errors"].as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "Amount.CurrencyCode",
            "Amount.Value",
            "AutoExpireIn",
            "CaptureMode",
            "Config.RedirectUrl",
            "ItemLines",
            "Reference"
        ]
    );
    assert_eq!(problem["errors"]["Reference"], json!(["The Reference field is required."]));
    assert_eq!(
        (&problem["title"], &problem["status"]),
        (&json!("One or more validation errors occurred."), &json!(400))
    );
    assert_eq!(
        problem["traceId"].as_str().unwrap().len(),
        "00-a405f077df056a498323ffbcec05923f-aa63e6f4dbbc734a-01".len()
    );
    let long = json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r".repeat(61)});
    assert!(call(&bench, "POST", "payment-intents", long).await.json()["errors"]["Reference"].is_array());
    assert_eq!(deliver(&bench).await, [""; 0]);
}

#[tokio::test]
async fn names_and_choices_are_taken_in_any_case() {
    let bench = Bench::new().await;
    let body = json!({
        "Amount": {"Value": 5, "CurrencyCode": "gbp"}, "REFERENCE": "r", "CaptureMode": "manual",
        "AutoExpireAction": "Capture", "AutoExpireIn": "00:00:55",
    });
    let intent = call(&bench, "POST", "payment-intents", body).await.json();
    assert_eq!((&intent["captureMode"], &intent["autoExpireAction"]), (&json!("Manual"), &json!("Capture")));
    assert_eq!(intent["amount"], json!({"value": 5, "currencyCode": "GBP"}));
}

#[tokio::test]
async fn a_body_must_be_json_and_say_so() {
    let bench = Bench::new().await;
    let authorisation = format!("Basic {KEY}");
    for (content_type, body, status) in
        [("text/plain", "{}", 415), ("application/json", "{", 400), ("application/json", "[]", 400)]
    {
        let headers =
            [("authorization", authorisation.as_str()), ("version", "2026-02-27"), ("content-type", content_type)];
        let told = bench.tell(request("POST", "/dojo/payment-intents", &headers, body)).await;
        assert_eq!(told.status.as_u16(), status, "{content_type} {body}");
    }
}

#[tokio::test]
async fn a_cancelled_intent_is_found_only_by_who_asks_for_it_and_cannot_be_paid() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    let path = format!("payment-intents/{id}");
    assert_eq!(call(&bench, "DELETE", &path, Value::Null).await.json()["status"], "Canceled");
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Canceled"]);
    assert_eq!(call(&bench, "GET", &path, Value::Null).await.status, StatusCode::NOT_FOUND);
    let asked = call(&bench, "GET", &format!("{path}?returnCanceled=true"), Value::Null).await;
    assert_eq!(asked.json()["status"], "Canceled");
    assert_eq!(pay(&bench, &id, super::GOOD).await.location(), format!("/dojo/checkout/{id}"));
    assert_eq!(bench.get(&format!("/dojo/checkout/{id}")).await.status, StatusCode::GONE);
    assert_eq!(call(&bench, "DELETE", &path, Value::Null).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_unpaid_intent_is_cancelled_when_its_time_is_over() {
    let bench = Bench::new().await;
    let short = make(&bench, json!({"expireAt": "2999-01-01T00:00:00Z"})).await;
    let usual = make(&bench, json!({})).await;
    forward(&bench, 30 * 86_400 - 60).await;
    assert_eq!(show(&bench, &usual).await["status"], "Created");
    forward(&bench, 60).await;
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Canceled"]);
    assert_eq!(show(&bench, &usual).await["status"], "Canceled");
    assert_eq!(show(&bench, &short).await["status"], "Created");
    let past =
        json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r", "expireAt": "2020-01-01T00:00:00Z"});
    assert_eq!(call(&bench, "POST", "payment-intents", past).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn intents_are_searched_by_status_and_page_by_page() {
    let bench = Bench::new().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(make(&bench, json!({})).await);
    }
    pay(&bench, &ids[1], super::GOOD).await;
    let search = async |body| call(&bench, "POST", "payment-intents/search", body).await.json();
    let captured = search(json!({"statuses": ["captured"]})).await;
    assert_eq!((captured["data"].as_array().unwrap().len(), &captured["data"][0]["id"]), (1, &json!(ids[1])));
    let first = search(json!({"cursor": {"limit": 2}})).await;
    assert_eq!((&first["data"][0]["id"], &first["after"]), (&json!(ids[2]), &json!(ids[1])));
    let second = search(json!({"cursor": {"limit": 2, "after": ids[1]}})).await;
    assert_eq!((&second["data"][0]["id"], &second["after"]), (&json!(ids[0]), &Value::Null));
    assert_eq!(search(json!({"statuses": ["Paid"]})).await["status"], 400);
}

#[tokio::test]
async fn planned_answers_are_in_the_providers_form_and_hit_no_other_provider() {
    let bench = Bench::new().await;
    bench.control("answers", json!({"next": [{"provider": "dojo", "path": "", "status": 503}]})).await;
    assert_eq!(bench.api_get("payments").await.status, StatusCode::OK);
    let told = call(&bench, "GET", "payment-intents/pi_sandbox_T", Value::Null).await;
    assert_eq!((told.status, &told.json()["title"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("Service Unavailable")));
    assert_eq!(call(&bench, "GET", "payment-intents/pi_sandbox_T", Value::Null).await.status, StatusCode::NOT_FOUND);
}
