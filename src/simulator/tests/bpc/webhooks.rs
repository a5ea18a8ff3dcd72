//! Webhooks: their shape, their signature, their tries.

use super::GOOD;
use crate::simulator::sender;
use crate::simulator::tests::Bench;
use serde_json::{Value, json};

#[tokio::test]
async fn a_webhook_is_signed_as_openssl_signs_it() {
    let bench = Bench::new().await;
    let at = bench.app.now();
    bench.control("clock", json!({"forward_seconds": (1_764_000_000_000 - at) / 1_000 })).await;
    let body = r#"{"type":"session.completed","data":{"object":{"id":"ps_1","note":"€ 1"}}}"#;
    bench.control("send", json!({"provider": "bpc", "body": body})).await;
    let (headers, received) = bench.take().remove(0);
    assert_eq!(received, body);
    let signature = headers["x-signature"].to_str().unwrap();
    let (time, mac) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    // Seconds pass between turning the clock and sending; one of the next three is the one.
    // for t in 1763999999 1764000000 1764000001 1764000002; do printf '%s' "$BODY.$t" \
    //   | openssl dgst -sha256 -hmac 'whsec_bpc_vector'; done
    let openssl = [
        ("1763999999", "0a7b2b15670603a889398068fbe8ca847c36bc01b068a2256f1c9c34e5e9cac5"),
        ("1764000000", "1fba7b3b6ab3051f5c30f4621046051fe114730f0866590420445cb098edc9d9"),
        ("1764000001", "d7cba5398c0fa893938cd2e3f88c1bec0491d1c3c54842024355dc2106fb5602"),
        ("1764000002", "17fc3c02711d267b66db2c74db69db24f435b59d3e67f16bbc006d55447b2517"),
    ];
    assert!(openssl.contains(&(time, mac)), "{signature}");
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
    for wait_ms in crate::simulator::bpc::webhook::RETRY_AFTER_MS {
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
