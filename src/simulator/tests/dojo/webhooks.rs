//! Webhooks: how they are signed and when they are tried again.

use super::{GOOD, SECRET, deliver, make, pay};
use crate::simulator::dojo::webhook::RETRY_AFTER_MS;
use crate::simulator::sender;
use crate::simulator::tests::Bench;
use serde_json::{Value, json};

#[tokio::test]
async fn a_delivery_is_signed_as_openssl_signs_it_in_pairs_with_hyphens() {
    let bench = Bench::new().await;
    let body = r#"{"id":"evt_2","event":"payment_intent.status_updated","note":"£10 円"}"#;
    bench.control("send", json!({ "provider": "dojo", "body": body })).await;
    let (headers, received) = bench.take().remove(0);
    assert_eq!(received, body);
    assert_eq!(SECRET, "PDYkJQq6sESYHp_zJuTTBQ");
    // printf '%s' '{"id":"evt_2","event":"payment_intent.status_updated","note":"£10 円"}' \
    //   | openssl dgst -sha256 -hmac 'PDYkJQq6sESYHp_zJuTTBQ' | tr a-f A-F, then a hyphen after every second digit
    let openssl =
        "sha256=EE-45-C6-EC-8E-1E-B4-44-2F-B3-2F-FB-71-0B-00-4A-79-67-2B-62-07-F4-EF-BE-FF-4E-82-76-BC-3C-C6-22";
    assert_eq!(headers["dojo-signature"], openssl);
    assert_eq!(headers["content-type"], "application/json");
}

#[tokio::test]
async fn an_event_says_no_more_than_the_name_the_status_and_the_mode() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    pay(&bench, &id, GOOD).await;
    while sender::send_next(&bench.app).await {}
    let (headers, body) = bench.take().remove(0);
    let event: Value = serde_json::from_str(&body).unwrap();
    assert!(event["id"].as_str().unwrap().starts_with("evt_"));
    assert_eq!(
        (&event["event"], &event["accountId"]),
        (&json!("payment_intent.status_updated"), &json!("acc_simulator"))
    );
    assert_eq!(event["data"], json!({"paymentIntentId": id, "paymentStatus": "Captured", "captureMode": "Auto"}));
    assert!(headers["dojo-signature"].to_str().unwrap().starts_with("sha256="));
    let keys = ["id", "event", "accountId", "createdAt", "data", "paymentIntentId", "paymentStatus", "captureMode"];
    let places: Vec<usize> = keys.iter().map(|key| body.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{body}");
}

#[tokio::test]
async fn a_test_can_send_what_is_not_true_with_any_signature() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    let event = json!({"provider": "dojo", "session": id, "type": "payment_intent.status_updated"});
    let mut seen = Vec::new();
    for (signature, count) in [("right", 1), ("wrong", 1), ("none", 0), ("old_secret", 1), ("twice_header", 2)] {
        let mut wish = event.clone();
        wish["signature"] = json!(signature);
        wish["amend"] =
            json!({"id": "evt_same", "createdAt": "2026-01-01T00:00:00Z", "data.paymentStatus": "Captured"});
        bench.control("send", wish).await;
        let (headers, body) = bench.take().remove(0);
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["data"]["paymentStatus"], "Captured");
        let signatures: Vec<String> =
            headers.get_all("dojo-signature").iter().map(|it| it.to_str().unwrap().to_owned()).collect();
        assert_eq!(signatures.len(), count, "{signature}");
        seen.push(signatures.first().cloned());
    }
    assert!(seen[0].is_some() && seen[0] == seen[4], "twice the right one");
    assert!(seen[0] != seen[1] && seen[0] != seen[3] && seen[1] != seen[3]);
    let stale = json!({"provider": "dojo", "body": "{}", "signature": "stale"});
    let told = bench.post("/control/send", &[], &stale.to_string()).await;
    assert_eq!(told.status.as_u16(), 422, "Dojo's signatures have no time");
}

#[tokio::test]
async fn a_refused_webhook_is_tried_twelve_times() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    bench.shop_answers(&[401; 20]);
    pay(&bench, &id, GOOD).await;
    assert_eq!(deliver(&bench).await.len(), 1);
    for wait_ms in RETRY_AFTER_MS {
        assert_eq!(deliver(&bench).await.len(), 0, "before {wait_ms} ms");
        super::forward(&bench, wait_ms / 1_000).await;
        assert_eq!(deliver(&bench).await.len(), 1, "after {wait_ms} ms");
    }
    let delivery = bench.get("/control/state").await.json()["deliveries"][1].clone();
    assert_eq!((&delivery["state"], delivery["tries"].as_array().unwrap().len()), (&json!("gave_up"), 12));
}

#[tokio::test]
async fn one_providers_webhooks_can_be_sent_elsewhere_alone() {
    let bench = Bench::new().await;
    let url = bench.get("/control/state").await.json()["webhook_url"].as_str().unwrap().to_owned();
    bench.control("deliveries", json!({"provider": "dojo", "url": "http://127.0.0.1:9/nobody"})).await;
    let body = json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r"});
    super::call(&bench, "POST", "payment-intents", body).await;
    assert_eq!(deliver(&bench).await, [""; 0]);
    assert_eq!(bench.get("/control/state").await.json()["webhook_url"], url);
    bench.control("ping", json!({})).await;
    assert_eq!(bench.deliver().await, ["ping"]);
}
