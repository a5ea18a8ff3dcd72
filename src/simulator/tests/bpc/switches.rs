//! Every switch of BPC's: each of its choices can be told from the others.

use super::{BAD, FAILURE, GOOD, SUCCESS};
use crate::simulator::sender;
use crate::simulator::tests::{Bench, request};
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn how_the_browser_comes_back() {
    let bench = Bench::new().await;
    bench.switch("bpc_result_page", "redirect").await;
    for (parameter, card) in [("sessionId", GOOD), ("session_id", BAD), ("id", GOOD)] {
        bench.switch("bpc_return_parameter", parameter).await;
        let id = bench.open_bpc(json!({})).await;
        let address = if card == GOOD { SUCCESS } else { FAILURE };
        assert_eq!(bench.bpc_pay(&id, card).await.location(), format!("{address}&{parameter}={id}"));
    }
    bench.switch("bpc_return_parameter", "orderId").await;
    let id = bench.open_bpc(json!({"successUrl": "http://localhost:3000/back"})).await;
    let order = bench.app.read(|state| state.bpc.session(&id).unwrap().order.clone());
    let back = format!("http://localhost:3000/back?orderId={order}&lang=en");
    assert_eq!(bench.bpc_pay(&id, GOOD).await.location(), back);
}

#[tokio::test]
async fn what_a_declined_card_leaves() {
    for (choice, status, again) in [("retry", "open", true), ("end", "open", false), ("expire", "expired", false)] {
        let bench = Bench::new().await;
        bench.switch("bpc_after_decline", choice).await;
        let id = bench.open_bpc(json!({})).await;
        bench.bpc_pay(&id, BAD).await;
        assert_eq!(bench.bpc_session(&id).await["status"], status, "{choice}");
        let page = bench.bpc_page(&id).await.text;
        assert_eq!(page.contains("Try another card"), again, "{choice}");
        assert!(page.contains("Return to Merchant"));
        bench.bpc_pay(&id, GOOD).await;
        let paid = bench.bpc_session(&id).await["paymentStatus"] == "paid";
        assert_eq!(paid, again, "{choice}");
        let expired = bench.bpc_events().await.contains(&"session.expired".to_owned());
        assert_eq!(expired, choice == "expire");
    }
}

#[tokio::test]
async fn whether_one_can_leave_the_page_without_paying_or_is_sent_away_when_it_has_closed() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({})).await;
    assert!(!bench.bpc_page(&id).await.text.contains("Cancel and return"));
    bench.switch("bpc_way_out", "failure_url").await;
    assert!(bench.bpc_page(&id).await.text.contains("Cancel and return"));
    bench.control(&format!("bpc/{id}/expire"), json!({})).await;
    assert_eq!(bench.bpc_page(&id).await.status, StatusCode::GONE);
    bench.switch("bpc_expired_browser", "failure_url").await;
    assert_eq!(bench.bpc_page(&id).await.location(), format!("{FAILURE}&sessionId={id}"));
}

#[tokio::test]
async fn how_the_api_answers_and_refuses() {
    let bench = Bench::new().await;
    let nobody = async || bench.bpc("GET", "sessions/ps_1", Value::Null).await;
    for (shape, text) in [
        ("message", r#"{"message":"Not found"}"#),
        ("error", r#"{"error":"Not found"}"#),
        ("errors", r#"{"errors":[{"message":"Not found"}]}"#),
        ("empty", ""),
    ] {
        bench.switch("bpc_error_body", shape).await;
        assert_eq!(nobody().await.text, text);
    }
    let without = async |headers: &[(&str, &str)]| {
        bench.tell(request("GET", "/bpc/api2/sessions/ps_1", headers, "")).await.status.as_u16()
    };
    bench.switch("bpc_bad_key_status", "403").await;
    assert_eq!(without(&[("x-api-key", "another")]).await, 403);
    bench.switch("bpc_missing_key_status", "401").await;
    assert_eq!(without(&[]).await, 401);
    bench.switch("bpc_unknown_version", "ignored").await;
    assert_eq!(without(&[("x-api-key", super::KEY), ("x-version", "1999-01-01")]).await, 404);
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_pay(&id, GOOD).await;
    for status in ["409", "400", "412"] {
        bench.switch("bpc_expire_finished_session", status).await;
        let told = bench.bpc("POST", &format!("sessions/{id}/expire"), Value::Null).await;
        assert_eq!(told.status.as_str(), status);
    }
}

#[tokio::test]
async fn what_a_session_may_be_made_of_and_how_it_is_answered() {
    let bench = Bench::new().await;
    let make = async |currency: &str| {
        let body = json!({"amount": 1, "currency": currency, "successUrl": SUCCESS, "failureUrl": FAILURE});
        bench.bpc("POST", "sessions", body).await
    };
    for (case, code) in [("as_sent", "Eur"), ("lower", "eur"), ("upper", "EUR")] {
        bench.switch("bpc_currency_case", case).await;
        assert_eq!(make("Eur").await.json()["currency"], code);
    }
    bench.switch("bpc_create_status", "201").await;
    assert_eq!(make("GBP").await.status, StatusCode::CREATED);
    bench.switch("bpc_currencies", "EUR").await;
    assert_eq!(make("GBP").await.status, StatusCode::BAD_REQUEST);
    bench.switch("bpc_local_return_urls", "412").await;
    assert_eq!(make("eur").await.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn what_held_and_refunded_money_makes_of_the_payment_status() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({"paymentData": {"captureMethod": "manual"}})).await;
    bench.bpc_pay(&id, GOOD).await;
    for status in ["unpaid", "requiresCapture", "paid"] {
        bench.switch("bpc_held_payment_status", status).await;
        assert_eq!(bench.bpc_session(&id).await["paymentStatus"], status);
    }
    bench.control(&format!("bpc/{id}/capture"), json!({})).await;
    bench.control(&format!("bpc/{id}/refund"), json!({})).await;
    for status in ["paid", "refunded"] {
        bench.switch("bpc_refunded_payment_status", status).await;
        assert_eq!(bench.bpc_session(&id).await["paymentStatus"], status);
    }
}

#[tokio::test]
async fn how_sessions_and_payments_name_each_other_and_how_many_payments_there_are() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_pay(&id, BAD).await;
    bench.bpc_pay(&id, GOOD).await;
    assert_eq!(bench.app.read(|state| state.bpc.payments.len()), 2);
    let payment = bench.bpc_payment(&id).await;
    assert_eq!(payment["sessionId"], json!(id));
    bench.switch("bpc_payment_names_session", "off").await;
    assert_eq!(bench.bpc_payment(&id).await["sessionId"], Value::Null);
    for (choice, by_id, by_list) in [
        ("off", Value::Null, Value::Null),
        ("paymentId", payment["id"].clone(), Value::Null),
        ("payments", Value::Null, json!([{"id": payment["id"]}])),
    ] {
        bench.switch("bpc_session_names_payment", choice).await;
        let session = bench.bpc_session(&id).await;
        assert_eq!((&session["paymentId"], &session["payments"]), (&by_id, &by_list), "{choice}");
    }
    bench.switch("bpc_payment_per_try", "one_for_all").await;
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_pay(&id, BAD).await;
    assert_eq!(bench.bpc_payment(&id).await["status"], "requiresPaymentMethod");
    bench.bpc_pay(&id, GOOD).await;
    assert_eq!(bench.app.read(|state| state.bpc.payments.len()), 3);
}

#[tokio::test]
async fn how_parts_are_captured_and_refunds_made() {
    let bench = Bench::new().await;
    for (choice, status) in [("closes", "succeeded"), ("leaves_rest", "requiresCapture")] {
        bench.switch("bpc_partial_capture", choice).await;
        let id = bench.open_bpc(json!({"paymentData": {"captureMethod": "manual"}})).await;
        bench.bpc_pay(&id, GOOD).await;
        bench.control(&format!("bpc/{id}/capture"), json!({"amount": 4_000})).await;
        assert_eq!(bench.bpc_payment(&id).await["status"], status);
    }
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_pay(&id, GOOD).await;
    bench.bpc_events().await;
    let payment = bench.bpc_payment(&id).await["id"].as_str().unwrap().to_owned();
    let at_payment = format!("payments/{payment}/refund");
    let statuses = async |amount: i64| {
        let plain = bench.bpc("POST", "refunds", json!({"paymentId": payment, "amount": amount})).await.status.as_u16();
        (plain, bench.bpc("POST", &at_payment, json!({"amount": amount})).await.status.as_u16())
    };
    for (choice, expected) in [("refunds", (200, 404)), ("payment_refund", (404, 200)), ("absent", (404, 404))] {
        bench.switch("bpc_refund_endpoint", choice).await;
        assert_eq!(statuses(1).await, expected, "{choice}");
    }
    bench.switch("bpc_refund_endpoint", "refunds").await;
    bench.switch("bpc_partial_refund", "refused").await;
    assert_eq!(statuses(1).await.0, 400);
    bench.bpc_events().await;
    for (choice, events) in [("refund.created", vec!["refund.created"]), ("none", vec![])] {
        bench.switch("bpc_refund_event", choice).await;
        bench.control(&format!("bpc/{id}/refund"), json!({"amount": 1})).await;
        assert_eq!(bench.bpc_events().await, events);
    }
}

#[tokio::test]
async fn which_events_are_sent_when_and_with_what() {
    let bench = Bench::new().await;
    bench.switch("bpc_events", "session_outcomes").await;
    bench.switch("bpc_session_in_events", "full").await;
    let id = bench.open_bpc(json!({"merchantReferenceId": "7"})).await;
    bench.bpc_pay(&id, GOOD).await;
    while sender::send_next(&bench.app).await {}
    let arrived = bench.take();
    let event: Value = serde_json::from_str(&arrived[0].1).unwrap();
    assert_eq!((arrived.len(), &event["data"]["object"]["merchantReferenceId"]), (1, &json!("7")));
    bench.switch("bpc_webhook_delay", "5").await;
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_pay(&id, GOOD).await;
    assert_eq!(bench.bpc_events().await, [""; 0]);
    bench.control("clock", json!({"forward_seconds": 5})).await;
    assert_eq!(bench.bpc_events().await, ["session.completed"]);
}

#[tokio::test]
async fn what_is_signed_and_what_a_second_try_changes() {
    let bench = Bench::new().await;
    let event = json!({"provider": "bpc", "body": "{}"});
    let signature = async || {
        bench.control("send", event.clone()).await;
        let header = bench.take().remove(0).0["x-signature"].to_str().unwrap().to_owned();
        let (time, mac) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        (time.to_owned(), mac.to_owned())
    };
    let mac = |message: String| {
        let mac = crate::payments::signature::sign(b"whsec_bpc_vector", message.as_bytes());
        data_encoding::HEXLOWER.encode(&mac)
    };
    let (time, body_first) = signature().await;
    assert_eq!((time.len(), body_first), (10, mac(format!("{{}}.{time}"))));
    bench.switch("bpc_signature_order", "timestamp_first").await;
    bench.switch("bpc_signature_time", "milliseconds").await;
    let (time, timestamp_first) = signature().await;
    assert_eq!((time.len(), timestamp_first), (13, mac(format!("{time}.{{}}"))));
    for (afresh, request_id, same) in [("on", "changing", false), ("off", "stable", true)] {
        bench.switch("bpc_signed_afresh", afresh).await;
        bench.switch("bpc_request_id_per_try", request_id).await;
        bench.shop_answers(&[500]);
        bench.open_bpc(json!({})).await;
        while sender::send_next(&bench.app).await {}
        bench.control("clock", json!({"forward_seconds": 10})).await;
        while sender::send_next(&bench.app).await {}
        let tries = bench.take();
        assert_eq!(tries[0].0["x-signature"] == tries[1].0["x-signature"], same, "{afresh}");
        assert_eq!(tries[0].0["api-request-id"] == tries[1].0["api-request-id"], same, "{request_id}");
    }
}
