//! The calls of the API.

use super::{FAILURE, GOOD, KEY, SUCCESS};
use crate::simulator::BpcKeys;
use crate::simulator::bpc::Bpc;
use crate::simulator::tests::{Bench, request};
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_session_has_the_documented_fields_in_their_order_and_lives_20_minutes() {
    let bench = Bench::new().await;
    let body = json!({"amount": 10_000, "currency": "eur", "successUrl": SUCCESS, "failureUrl": FAILURE});
    let told = bench.bpc("POST", "sessions", body).await;
    assert_eq!((told.status, &told.headers["x-version"]), (StatusCode::OK, &"2023-10-31".parse().unwrap()));
    let fields = [
        "id",
        "amount",
        "created",
        "currency",
        "customerDetails",
        "expiresAt",
        "failureUrl",
        "locale",
        "merchantReferenceId",
        "metadata",
        "paymentData",
        "paymentStatus",
        "paymentUrl",
        "status",
        "successUrl",
    ];
    let places: Vec<usize> = fields.iter().map(|field| told.text.find(&format!("\"{field}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{}", told.text);
    let session = told.json();
    assert_eq!(session.as_object().unwrap().len(), fields.len());
    assert_eq!((&session["currency"], &session["merchantReferenceId"]), (&json!("eur"), &json!("4000")));
    assert_eq!((&session["status"], &session["paymentStatus"]), (&json!("open"), &json!("unpaid")));
    assert_eq!(session["paymentData"], json!({"captureMethod": "automatic"}));
    assert!(session["id"].as_str().unwrap().starts_with("ps_2GRS"));
    let time = |name: &str| crate::simulator::times::parse(session[name].as_str().unwrap()).unwrap();
    assert_eq!(time("expiresAt") - time("created"), 20 * 60_000);
}

#[tokio::test]
async fn a_key_is_needed_and_a_wrong_one_is_not_the_same_mistake_as_none() {
    let bench = Bench::new().await;
    for (headers, status) in [
        (vec![], 400),
        (vec![("authorization", "Bearer bpc_bench")], 400),
        (vec![("x-api-key", "another")], 401),
        (vec![("x-api-key", KEY)], 404),
    ] {
        let told = bench.tell(request("GET", "/bpc/api2/sessions/ps_1", &headers, "")).await;
        assert_eq!(told.status.as_u16(), status, "{headers:?}");
        assert!(told.json()["message"].is_string() && told.headers.contains_key("x-version"));
    }
}

#[tokio::test]
async fn what_the_documentation_requires_is_required() {
    let bench = Bench::new().await;
    let whole = json!({"amount": 1, "currency": "EUR", "successUrl": SUCCESS, "failureUrl": FAILURE});
    for (field, value) in [
        ("amount", json!(null)),
        ("amount", json!("100")),
        ("amount", json!(1.5)),
        ("amount", json!(0)),
        ("currency", json!(null)),
        ("currency", json!("978")),
        ("successUrl", json!(null)),
        ("successUrl", json!("/orders")),
        ("failureUrl", json!("javascript:alert(1)")),
        ("paymentData", json!({"captureMethod": "later"})),
        ("merchantCustomerId", json!("short")),
        ("metadata", json!("text")),
        ("expiresAt", json!("2020-01-01T00:00:00Z")),
    ] {
        let mut body = whole.clone();
        body[field] = value.clone();
        let told = bench.bpc("POST", "sessions", body).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{field} {value}: {}", told.text);
    }
    let headers = [("x-api-key", KEY), ("content-type", "application/x-www-form-urlencoded")];
    let form = bench.tell(request("POST", "/bpc/api2/sessions", &headers, "amount=1")).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let headers = [("x-api-key", KEY), ("x-version", "1999-01-01")];
    let version = bench.tell(request("GET", "/bpc/api2/sessions/ps_1", &headers, "")).await;
    assert_eq!(version.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_open_session_expires_when_asked_to_or_by_itself_and_a_finished_one_does_not() {
    let bench = Bench::new().await;
    let (asked, left, paid) =
        (bench.open_bpc(json!({})).await, bench.open_bpc(json!({})).await, bench.open_bpc(json!({})).await);
    bench.bpc_pay(&paid, GOOD).await;
    bench.bpc_events().await;
    let expired = bench.bpc("POST", &format!("sessions/{asked}/expire"), Value::Null).await.json();
    assert_eq!((&expired["status"], &expired["paymentUrl"]), (&json!("expired"), &Value::Null));
    assert!(!expired.as_object().unwrap().contains_key("paymentUrl"));
    let again = bench.bpc("POST", &format!("sessions/{asked}/expire"), Value::Null).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(bench.bpc_events().await, ["session.expired"]);
    bench.control("clock", json!({"forward_seconds": 20 * 60})).await;
    assert_eq!(bench.bpc_events().await, ["session.expired"]);
    assert_eq!(bench.bpc_session(&left).await["status"], "expired");
    assert_eq!(bench.bpc_session(&paid).await["paymentStatus"], "paid");
    assert_eq!(bench.bpc_page(&left).await.status, StatusCode::GONE);
    bench.bpc_pay(&left, GOOD).await;
    assert_eq!(bench.bpc_session(&left).await["paymentStatus"], "unpaid");
}

#[tokio::test]
async fn a_held_payment_is_captured_or_let_go() {
    let bench = Bench::new().await;
    let manual = json!({"paymentData": {"captureMethod": "manual"}});
    for (call, status, events) in [
        ("capture", "succeeded", vec!["payment.funded", "payment.succeeded"]),
        ("cancel", "canceled", vec!["payment.canceled"]),
    ] {
        let id = bench.open_bpc(manual.clone()).await;
        bench.bpc_pay(&id, GOOD).await;
        assert_eq!(bench.bpc_events().await[2..], ["payment.amountCapturableUpdated", "session.completed"]);
        let payment = bench.bpc_payment(&id).await;
        assert_eq!((&payment["status"], &payment["amountCapturable"]), (&json!("requiresCapture"), &json!(10_000)));
        let path = format!("payments/{}/{call}", payment["id"].as_str().unwrap());
        assert_eq!(bench.bpc("POST", &path, Value::Null).await.json()["status"], status);
        assert_eq!(bench.bpc_events().await, events);
        assert_eq!(bench.bpc("POST", &path, Value::Null).await.status, StatusCode::CONFLICT);
        let expected = if call == "capture" { "paid" } else { "unpaid" };
        assert_eq!(bench.bpc_session(&id).await["paymentStatus"], expected);
    }
}

#[tokio::test]
async fn no_more_is_given_back_than_was_taken() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_pay(&id, GOOD).await;
    bench.bpc_events().await;
    let payment = bench.bpc_payment(&id).await["id"].clone();
    let refund =
        async |amount: i64| bench.bpc("POST", "refunds", json!({"paymentId": payment, "amount": amount})).await;
    assert_eq!(refund(4_000).await.json()["status"], "succeeded");
    assert_eq!(refund(6_001).await.status, StatusCode::BAD_REQUEST);
    bench.control(&format!("bpc/{id}/refund"), json!({})).await;
    assert_eq!(bench.bpc_payment(&id).await["amountRefunded"], 10_000);
    assert_eq!(bench.bpc_events().await, ["refund.succeeded", "refund.succeeded"]);
    assert_eq!(bench.post(&format!("/control/bpc/{id}/refund"), &[], "{}").await.status.as_u16(), 422);
    assert_eq!(refund(1).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_planned_answer_and_the_page_for_people_know_this_provider() {
    let bench = Bench::new().await;
    bench.control("answers", json!({"next": [{"provider": "bpc", "path": "sessions", "status": 503}]})).await;
    assert_eq!(bench.bpc("GET", "sessions/ps_1", Value::Null).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let id = bench.open_bpc(json!({"merchantReferenceId": "<b>7</b>"})).await;
    let page = bench.get("/").await.text;
    assert!(page.contains(KEY) && page.contains("&lt;b&gt;7&lt;/b&gt;") && !page.contains("<b>7"));
    assert!(page.contains(&format!("/actions/bpc/{id}/expire")));
    bench.submit(&format!("/actions/bpc/{id}/fail"), "").await;
    assert_eq!(bench.bpc_payment(&id).await["status"], "failed");
    bench.submit(&format!("/actions/bpc/{id}/expire"), "").await;
    assert_eq!(bench.bpc_session(&id).await["status"], "expired");
    let unknown = bench.post("/control/bpc/ps_1/expire", &[], "{}").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    bench.control("reset", json!({})).await;
    assert_eq!(bench.get("/control/state").await.json()["bpc"]["sessions"], json!([]));
    assert_eq!(bench.bpc("GET", &format!("sessions/{id}"), Value::Null).await.status, StatusCode::NOT_FOUND);
}

#[test]
fn keys_that_were_made_are_kept() {
    let mut first = Bpc::default();
    first.take_keys(BpcKeys::default());
    let mut second: Bpc = serde_json::from_value(serde_json::to_value(&first).unwrap()).unwrap();
    second.take_keys(BpcKeys::default());
    let (one, two) = (first.access(""), second.access(""));
    assert_eq!((&one.api_key, &one.webhook_secrets), (&two.api_key, &two.webhook_secrets));
    second.take_keys(BpcKeys { api_key: Some("given".to_owned()), webhook_secrets: vec!["own".to_owned()] });
    assert_eq!((second.api_key.as_str(), second.webhook_secrets.len()), ("given", 1));
}
