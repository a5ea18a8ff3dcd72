//! Webhooks: their shape, their signature, their tries.

use super::GOOD;
use crate::simulator::bpc::webhook;
use crate::simulator::provider::Signature;
use crate::simulator::sender;
use crate::simulator::tests::Bench;
use serde_json::{Value, json};

#[tokio::test]
async fn a_webhook_is_signed_as_openssl_signs_it() {
    let bench = Bench::new().await;
    let body = r#"{"type":"session.completed","data":{"object":{"id":"ps_1","note":"€ 1"}}}"#;
    // printf '%s' "$BODY.1764000000" | openssl dgst -sha256 -hmac 'whsec_bpc_vector'
    let openssl = "1fba7b3b6ab3051f5c30f4621046051fe114730f0866590420445cb098edc9d9";
    let headers = bench.app.read(|state| webhook::sign(state, body, Signature::Right, 1_764_000_000_000));
    assert_eq!(headers.last(), Some(&("X-Signature", format!("t=1764000000,v1={openssl}"))));
    bench.control("send", json!({"provider": "bpc", "body": body})).await;
    let (headers, received) = bench.take().remove(0);
    assert_eq!(received, body);
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["x-version"], "2023-11-15");
    assert_eq!(headers["api-request-id"].to_str().unwrap().len(), "req_".len() + 36);
}

#[tokio::test]
async fn a_webhook_has_the_documented_shape_and_is_tried_again_until_it_is_given_up() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({"currency": "EUR", "metadata": {"a": "b"}})).await;
    bench.bpc_events().await;
    bench.shop_answers(&[500; 9]);
    bench.bpc("POST", &format!("sessions/{id}/expire"), Value::Null).await;
    while sender::send_next(&bench.app).await {}
    let (_, body) = bench.take().remove(0);
    let event: Value = serde_json::from_str(&body).unwrap();
    let object = &event["data"]["object"];
    assert_eq!((&object["id"], &object["status"]), (&json!(id), &json!("expired")));
    assert!(event["created"].as_str().unwrap().ends_with("+00:00") && object["paymentUrl"].is_string());
    assert_eq!((&object["locale"], &object["metadata"]), (&json!("en"), &Value::Null));
    for wait_ms in webhook::RETRY_AFTER_MS {
        assert_eq!(bench.bpc_events().await, [""; 0]);
        bench.control("clock", json!({"forward_seconds": wait_ms / 1_000})).await;
        assert_eq!(bench.bpc_events().await, ["session.expired"], "{wait_ms}");
    }
    let state = bench.get("/control/state").await.json();
    assert_eq!(state["deliveries"].as_array().unwrap().last().unwrap()["state"], "gave_up");
}

#[tokio::test]
async fn a_test_can_send_any_signature_about_a_session_as_it_stands() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_pay(&id, GOOD).await;
    bench.bpc_events().await;
    let mut seen = Vec::new();
    for (signature, count) in
        [("right", 1), ("wrong", 1), ("old_secret", 1), ("none", 0), ("twice_header", 2), ("stale", 1)]
    {
        let wish = json!({
            "provider": "bpc", "session": id, "type": "session.completed", "amend": {"data.object.amount": 1},
            "signature": signature,
        });
        bench.control("send", wish).await;
        let (headers, body) = bench.take().remove(0);
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["data"]["object"]["amount"], 1);
        assert_eq!(headers.get_all("x-signature").iter().count(), count, "{signature}");
        seen.extend(headers.get("x-signature").map(|value| value.to_str().unwrap().to_owned()));
    }
    let time = |text: &str| text["t=".len()..text.find(',').unwrap()].parse::<i64>().unwrap();
    assert!(time(&seen[0]) - time(&seen[4]) >= 86_400, "{seen:?}");
}
