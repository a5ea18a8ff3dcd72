//! Calls of the API: what is taken, what is refused and how.

use super::{Bench, KEY, api_request, request};
use axum::body::to_bytes;
use axum::http::StatusCode;
use data_encoding::BASE64;
use serde_json::{Value, json};

fn places(text: &str, keys: &[&str]) -> Vec<usize> {
    keys.iter().map(|key| text.find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("no {key}"))).collect()
}

#[tokio::test]
async fn a_session_is_made_from_a_form_and_shown_in_the_providers_order() {
    let bench = Bench::new().await;
    let authorisation = format!("Basic {}", BASE64.encode(KEY.as_bytes()));
    let headers = [("authorization", authorisation.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let form = "amount=8888&currency=JPY&payment_types[]=credit_card&payment_types[]=konbini&metadata[test]=value\
        &payment_data[external_order_num]=one&return_url=https%3A%2F%2Fexample.com";
    let told = bench.post("/komoju/api/v1/sessions", &headers, form).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    let session = told.json();
    assert_eq!(session["amount"], 8888);
    assert_eq!(session["metadata"], json!({"test": "value"}));
    assert_eq!(session["payment_data"]["external_order_num"], "one");
    assert_eq!(session["payment"], Value::Null);
    assert_eq!(session["status"], "pending");
    assert!(session["created_at"].as_str().unwrap().ends_with("+09:00"));
    assert_eq!(session["payment_methods"][1]["customer_fee"], 190);
    let keys = [
        "id",
        "resource",
        "mode",
        "session_url",
        "return_url",
        "default_locale",
        "payment_methods",
        "created_at",
        "expired",
    ];
    assert!(places(&told.text, &keys).is_sorted());
}

#[tokio::test]
async fn amount_and_currency_may_stand_inside_payment_data() {
    let bench = Bench::new().await;
    let body = json!({"payment_data": {"amount": "1000.0000", "currency": "JPY"}});
    let told = bench.api_post("sessions", body).await;
    assert_eq!(told.json()["amount"], 1000, "{}", told.text);
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_code_and_its_parameter() {
    let bench = Bench::new().await;
    let good = json!({"amount": 1, "currency": "JPY"});
    let long = "x".repeat(256);
    let wrong = [
        (json!({"amount": null}), "missing_parameter", "amount"),
        (json!({"currency": null}), "missing_parameter", "currency"),
        (json!({"amount": -1}), "invalid_parameter", "amount"),
        (json!({"amount": "1.5"}), "invalid_parameter", "amount"),
        (json!({"currency": "XXX"}), "invalid_currency", "currency"),
        (json!({"payment_types": ["credit_card", "cheque"]}), "invalid_payment_type", "payment_types"),
        (json!({"expires_in_seconds": 86_401}), "invalid_parameter", "expires_in_seconds"),
        (json!({"default_locale": "fr"}), "invalid_parameter", "default_locale"),
        (json!({"return_url": "javascript:alert(1)"}), "invalid_parameter", "return_url"),
        (json!({"metadata": {"a key that has more than thirty": "x"}}), "invalid_parameter", "metadata"),
        (json!({"mode": "customer"}), "invalid_parameter", "mode"),
        (json!({"payment_data": {"external_order_num": long}}), "invalid_parameter", "external_order_num"),
    ];
    for (change, code, param) in wrong {
        let mut body = good.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let told = bench.api_post("sessions", body).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{change}");
        assert_eq!(
            (&told.json()["error"]["code"], &told.json()["error"]["param"]),
            (&json!(code), &json!(param)),
            "{change}"
        );
    }
    assert_eq!(bench.api_post("sessions", good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_the_secret_key_opens_the_api() {
    let bench = Bench::new().await;
    let path = "/komoju/api/v1/payment_methods";
    for credentials in ["", "Basic", "Bearer sk_test_bench", "Basic c2tfdGVzdF9vdGhlcjo=", "Basic Og==", "Basic ***"] {
        let told = bench.tell(request("GET", path, &[("authorization", credentials)], "")).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{credentials}");
        assert_eq!(told.json()["error"]["code"], "unauthorized");
    }
    for key in [format!("{KEY}:"), KEY.to_owned()] {
        let credentials = format!("Basic {}", BASE64.encode(key.as_bytes()));
        let told = bench.tell(request("GET", path, &[("authorization", &credentials)], "")).await;
        assert_eq!(told.status, StatusCode::OK, "{key}");
    }
}

#[tokio::test]
async fn an_order_number_is_refused_the_second_time_unless_the_switch_allows_it() {
    let bench = Bench::new().await;
    let body = json!({"amount": 1, "currency": "JPY", "payment_data": {"external_order_num": "same"}});
    assert_eq!(bench.api_post("sessions", body.clone()).await.status, StatusCode::OK);
    let told = bench.api_post("sessions", body.clone()).await;
    assert_eq!(told.json()["error"]["param"], "external_order_num");
    bench.switch("duplicate_order_num", "accepted").await;
    assert_eq!(bench.api_post("sessions", body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_by_the_simulators_clock() {
    let bench = Bench::new().await;
    let id = bench.open(json!({"expires_in_seconds": 60})).await;
    bench.control("clock", json!({"forward_seconds": 59})).await;
    assert_eq!(bench.session(&id).await["expired"], false);
    bench.control("clock", json!({"forward_seconds": 1})).await;
    let session = bench.session(&id).await;
    assert_eq!((&session["expired"], &session["status"]), (&json!(true), &json!("pending")));
    assert_eq!(bench.pay_by_card(&id, "4111111111111111").await.location(), format!("/komoju/sessions/{id}?locale=en"));
    assert_eq!(bench.get(&format!("/komoju/sessions/{id}")).await.status, StatusCode::GONE);
    bench.switch("expired_session_status", "expired").await;
    assert_eq!(bench.session(&id).await["status"], "expired");
}

#[tokio::test]
async fn a_finished_session_cannot_be_cancelled_and_a_cancelled_one_not_paid() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    let told = bench.api_post(&format!("sessions/{id}/cancel"), Value::Null).await;
    assert_eq!(told.json()["status"], "cancelled");
    let again = bench.api_post(&format!("sessions/{id}/cancel"), Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.json()["error"]["code"]), (422, &json!("not_cancellable")));
    bench.switch("cancel_finished_session", "404").await;
    assert_eq!(bench.api_post(&format!("sessions/{id}/cancel"), Value::Null).await.status, StatusCode::NOT_FOUND);
    bench.pay_by_card(&id, "4111111111111111").await;
    assert_eq!(bench.session(&id).await["payment"], Value::Null);
}

#[tokio::test]
async fn planned_answers_spoil_a_call_with_or_without_its_work() {
    let bench = Bench::new().await;
    let next = json!({"next": [
        {"path": "sessions", "status": 503},
        {"path": "sessions", "hang_after_work": true},
        {"path": "sessions", "half": true},
    ]});
    bench.control("answers", next).await;
    let body = json!({"amount": 1, "currency": "JPY"});
    assert_eq!(bench.api_post("sessions", body.clone()).await.json()["error"]["code"], "service_unavailable");
    for _ in 0..2 {
        let broken = bench.call(api_request("POST", "sessions", &[], &body)).await;
        assert!(to_bytes(broken.into_body(), usize::MAX).await.is_err());
    }
    assert_eq!(bench.get("/control/state").await.json()["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(bench.api_post("sessions", body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn lists_have_pages_newest_first() {
    let bench = Bench::new().await;
    for number in ["a", "b", "c"] {
        let id = bench.open(json!({"payment_data": {"external_order_num": number}})).await;
        bench.pay_by_card(&id, "4111111111111111").await;
    }
    let list = bench.api_get("payments?per_page=2&page=1").await.json();
    assert_eq!((&list["total"], &list["last_page"], &list["resource"]), (&json!(3), &json!(2), &json!("payment_list")));
    assert_eq!(list["data"][0]["external_order_num"], "c");
    let one = bench.api_get("payments?external_order_num=b").await.json();
    assert_eq!((&one["total"], &one["data"][0]["external_order_num"]), (&json!(1), &json!("b")));
    let events = bench.api_get("events?per_page=1").await.json();
    assert_eq!((&events["total"], &events["data"][0]["type"]), (&json!(6), &json!("payment.captured")));
    let event = events["data"][0]["id"].as_str().unwrap();
    assert_eq!(bench.api_get(&format!("events/{event}")).await.json(), events["data"][0]);
}
