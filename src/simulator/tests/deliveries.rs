//! Webhooks: signatures, tries, order; and what a restart keeps.

use super::{Bench, SECRET};
use crate::simulator::komoju::webhook::RETRY_AFTER_MS;
use crate::simulator::state::State;
use crate::simulator::{BpcKeys, DojoKeys, KomojuKeys, Setup, StablemintKeys, sender, start, storage};
use serde_json::{Value, json};

#[tokio::test]
async fn a_delivery_is_signed_as_openssl_signs_it() {
    let bench = Bench::new().await;
    let body = r#"{"id":"evt_2","type":"payment.captured","note":"円 1,200"}"#;
    bench.control("send", json!({ "body": body })).await;
    let (headers, received) = bench.take().remove(0);
    assert_eq!(received, body);
    // printf '%s' '{"id":"evt_2","type":"payment.captured","note":"円 1,200"}' \
    //   | openssl dgst -sha256 -hmac 'whsec_simulator_vector'
    let openssl = "5d59da9a9ee689aee48395adb361cdf7e7c730c21e697be4c138a479f56e9949";
    assert_eq!(SECRET, "whsec_simulator_vector");
    assert_eq!(headers["x-komoju-signature"], openssl);
    assert_eq!(headers["x-komoju-event"], "payment.captured");
    assert_eq!(headers["user-agent"], "Komoju-Webhook");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["x-komoju-id"].len(), 25);
}

#[tokio::test]
async fn a_refused_webhook_is_tried_again_by_the_turned_clock_until_it_is_given_up() {
    let bench = Bench::new().await;
    bench.shop_answers(&[500; 20]);
    bench.control("ping", json!({})).await;
    assert_eq!(bench.deliver().await, ["ping"]);
    for wait_ms in RETRY_AFTER_MS {
        assert_eq!(bench.deliver().await, [""; 0], "before {wait_ms} ms");
        bench.control("clock", json!({"forward_seconds": wait_ms / 1_000})).await;
        assert_eq!(bench.deliver().await, ["ping"], "after {wait_ms} ms");
    }
    let delivery = bench.get("/control/state").await.json()["deliveries"][0].clone();
    assert_eq!((&delivery["state"], delivery["tries"].as_array().unwrap().len()), (&json!("gave_up"), 8));
    bench.shop_answers(&[]);
    let id = delivery["id"].as_str().unwrap();
    bench.control(&format!("deliveries/{id}/resend"), json!({})).await;
    assert_eq!(bench.deliver().await, ["ping"]);
    assert_eq!(bench.get("/control/state").await.json()["deliveries"][0]["state"], "delivered");
}

#[tokio::test]
async fn the_delivery_id_changes_from_try_to_try_only_when_the_switch_says_so() {
    let bench = Bench::new().await;
    for (choice, same) in [("stable", true), ("changing", false)] {
        bench.switch("delivery_id_per_try", choice).await;
        bench.shop_answers(&[500]);
        bench.control("ping", json!({})).await;
        while sender::send_next(&bench.app).await {}
        bench.control("clock", json!({"forward_seconds": 5})).await;
        while sender::send_next(&bench.app).await {}
        let tries = bench.take();
        assert_eq!(tries.len(), 2);
        assert_eq!(tries[0].0["x-komoju-id"] == tries[1].0["x-komoju-id"], same, "{choice}");
        assert_eq!(tries[0].1, tries[1].1);
    }
}

#[tokio::test]
async fn held_webhooks_go_in_the_order_they_are_released_in() {
    let bench = Bench::new().await;
    bench.control("deliveries", json!({"mode": "paused"})).await;
    let id = bench.open(json!({})).await;
    bench.pay_by_card(&id, "4123111111111000").await;
    bench.pay_by_card(&id, "4111111111111111").await;
    assert_eq!(bench.deliver().await, [""; 0]);
    bench.control("deliveries/release", json!({"order": "reversed"})).await;
    assert_eq!(bench.deliver().await, ["payment.captured", "payment.updated", "payment.failed"]);
}

#[tokio::test]
async fn webhooks_can_be_lost_or_doubled() {
    let bench = Bench::new().await;
    bench.control("deliveries", json!({"mode": "dropped"})).await;
    bench.control("ping", json!({})).await;
    assert_eq!(bench.deliver().await, [""; 0]);
    bench.control("deliveries", json!({"mode": "twice"})).await;
    bench.control("ping", json!({})).await;
    assert_eq!(bench.deliver().await, ["ping", "ping"]);
}

#[tokio::test]
async fn a_restart_keeps_keys_sessions_webhooks_and_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("var/simulator.json");
    let setup = || Setup {
        listen: ([127, 0, 0, 1], 0).into(),
        shop_url: "http://127.0.0.1:1".to_owned(),
        state_file: Some(file.clone()),
        komoju: KomojuKeys::default(),
        dojo: DojoKeys::default(),
        bpc: BpcKeys::default(),
        stablemint: StablemintKeys::default(),
    };
    let first = start(setup()).await.unwrap();
    let (key, secrets) = (first.access.komoju.secret_key.clone(), first.access.komoju.webhook_secrets.clone());
    assert!(key.starts_with("sk_test_") && secrets[0].starts_with("whsec_"));
    let app = first.app.clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(first.run(async { stopped.await.unwrap_or_default() }));
    app.forward(3_600_000);
    app.change(crate::simulator::komoju::webhook::ping);
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    let second = start(setup()).await.unwrap();
    assert_eq!((&second.access.komoju.secret_key, &second.access.komoju.webhook_secrets), (&key, &secrets));
    assert_eq!(second.clock.ahead_ms(), 3_600_000);
    assert_eq!(second.app.read(|state: &State| state.deliveries.list[0].kind.clone()), "ping");
    std::fs::write(&file, "no state").unwrap();
    assert!(storage::load(&file).is_err());
}

#[tokio::test]
async fn an_event_has_the_providers_fields_in_its_order() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    bench.take_slip(&id).await;
    while sender::send_next(&bench.app).await {}
    let body = bench.take().remove(0).1;
    let keys = [
        "id",
        "type",
        "resource",
        "data",
        "status",
        "payment_deadline",
        "payment_details",
        "total",
        "session",
        "refunds",
        "reason",
    ];
    let places: Vec<usize> = keys.iter().map(|key| body.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{body}");
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&event["type"], &event["resource"]), (&json!("payment.authorized"), &json!("event")));
    assert_eq!(event["data"]["payment_details"]["store"], "lawson");
    assert_eq!(event["created_at"].as_str().unwrap().len(), "2026-01-01T00:00:00Z".len());
}
