//! What becomes of webhooks.

use super::{Bench, forward, pay, plan};
use crate::payments::signature;
use crate::simulator::sender;
use crate::simulator::tests::SECRET;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Barrier;

const BOTH: [&str; 2] = ["payment.updated", "payment.captured"];
const NONE: [&str; 0] = [];

fn by(secret: &str, body: &str, signature: &str) -> bool {
    signature::verifies(secret.as_bytes(), body.as_bytes(), &HEXLOWER.decode(signature.as_bytes()).unwrap())
}

#[tokio::test]
async fn a_late_webhook_is_sent_when_its_seconds_are_over() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "on": "payment.captured" }), json!({ "kind": "late", "seconds": 30 })).await;
    pay(&bench).await;
    assert_eq!(bench.deliver().await, ["payment.updated"]);
    forward(&bench, 29).await;
    assert_eq!(bench.deliver().await, NONE);
    forward(&bench, 2).await;
    assert_eq!(bench.deliver().await, ["payment.captured"]);
}

#[tokio::test]
async fn a_webhook_that_is_to_come_after_its_sessions_time_does() {
    let bench = Bench::new().await;
    plan(&bench, json!({}), json!({ "kind": "after_expiry" })).await;
    pay(&bench).await;
    forward(&bench, 86_400 + 3_590).await;
    assert_eq!(bench.deliver().await, NONE);
    forward(&bench, 15).await;
    assert_eq!(bench.deliver().await, BOTH);
}

#[tokio::test]
async fn a_lost_webhook_is_not_sent_and_can_be_by_hand() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "times": 1 }), json!({ "kind": "lost" })).await;
    pay(&bench).await;
    assert_eq!(bench.deliver().await, ["payment.captured"], "the first one is lost, the second is not");
    let lost = bench.get("/control/state").await.json()["deliveries"][0].clone();
    assert_eq!((&lost["state"], &lost["fault"]), (&json!("dropped"), &json!({ "kind": "lost" })));
    bench.control(&format!("deliveries/{}/resend", lost["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(bench.deliver().await, ["payment.updated"]);
}

#[tokio::test]
async fn a_repeated_webhook_comes_again_and_again_with_the_same_bytes() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "on": "payment.captured" }), json!({ "kind": "repeated", "copies": 3 })).await;
    pay(&bench).await;
    while sender::send_next(&bench.app).await {}
    let bodies: Vec<String> = bench.take().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies.len(), 4);
    assert!(bodies[1] == bodies[2] && bodies[2] == bodies[3] && bodies[0] != bodies[1]);
}

#[tokio::test]
async fn copies_at_once_are_under_way_at_the_same_moment() {
    let bench = Bench::new().await;
    // A receiver that answers nobody before all five have come: one after the other they would wait for ever.
    let (all, most) = (Arc::new(Barrier::new(5)), Arc::new(AtomicUsize::new(0)));
    let (gate, count) = (Arc::clone(&all), Arc::clone(&most));
    let receiver = axum::Router::new().fallback(move || {
        let (gate, count) = (Arc::clone(&gate), Arc::clone(&count));
        async move {
            gate.wait().await;
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, receiver).await });
    bench.control("deliveries", json!({ "url": url })).await;
    plan(&bench, json!({}), json!({ "kind": "at_once", "copies": 5 })).await;
    bench.control("ping", json!({})).await;
    assert!(sender::send_next(&bench.app).await);
    assert_eq!(most.load(Ordering::SeqCst), 5);
    let state = bench.get("/control/state").await.json();
    let sent = state["deliveries"].as_array().unwrap();
    assert!(sent.len() == 5 && sent.iter().all(|one| one["state"] == "delivered"), "{sent:?}");
}

#[tokio::test]
async fn held_webhooks_go_reversed_once_there_are_enough_and_a_fault_that_is_used_up_holds_no_more() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "times": 1 }), json!({ "kind": "reordered", "events": 2, "order": "reversed" })).await;
    bench.control("ping", json!({})).await;
    assert_eq!(bench.deliver().await, NONE);
    pay(&bench).await;
    assert_eq!(bench.deliver().await, ["payment.updated", "ping", "payment.captured"]);
    pay(&bench).await;
    assert_eq!(bench.deliver().await, BOTH);
}

#[tokio::test]
async fn a_webhook_that_waits_in_vain_for_others_goes_after_a_minute() {
    let bench = Bench::new().await;
    plan(&bench, json!({}), json!({ "kind": "reordered", "events": 3, "order": "reversed" })).await;
    pay(&bench).await;
    forward(&bench, 58).await;
    assert_eq!(bench.deliver().await, NONE);
    forward(&bench, 3).await;
    assert_eq!(bench.deliver().await, BOTH);
}

#[tokio::test]
async fn shuffled_webhooks_come_in_the_order_that_the_seed_says() {
    let order = async |seed: u32| {
        let bench = Bench::new().await;
        bench.control("faults", json!({ "seed": seed })).await;
        plan(&bench, json!({}), json!({ "kind": "reordered", "events": 6, "order": "shuffled" })).await;
        for _ in 0..3 {
            pay(&bench).await;
        }
        bench.deliver().await
    };
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..4 {
        let first = order(seed).await;
        assert_eq!(first.len(), 6);
        assert_eq!(order(seed).await, first, "seed {seed}");
        seen.insert(first);
    }
    assert!(seen.len() > 1, "every seed gave the same order");
}

#[tokio::test]
async fn a_wrong_signature_is_on_the_first_try_or_on_every_one() {
    for (tries, then_right) in [("first", true), ("every", false)] {
        let bench = Bench::new().await;
        bench.shop_answers(&[401]);
        plan(&bench, json!({}), json!({ "kind": "signed", "signature": "wrong", "tries": tries })).await;
        bench.control("ping", json!({})).await;
        while sender::send_next(&bench.app).await {}
        forward(&bench, 5).await;
        while sender::send_next(&bench.app).await {}
        let is_right = |(headers, body): &(axum::http::HeaderMap, String)| {
            by(SECRET, body, headers["x-komoju-signature"].to_str().unwrap())
        };
        let right: Vec<bool> = bench.take().iter().map(is_right).collect();
        assert_eq!(right, [false, then_right], "{tries}");
    }
}

#[tokio::test]
async fn a_signature_is_missing_double_or_made_with_the_old_secret_as_planned() {
    for (signature, count, secret) in [("none", 0, SECRET), ("twice_header", 2, SECRET), ("old_secret", 1, "whsec_old")]
    {
        let bench = Bench::new().await;
        plan(&bench, json!({}), json!({ "kind": "signed", "signature": signature, "tries": "first" })).await;
        bench.control("ping", json!({})).await;
        while sender::send_next(&bench.app).await {}
        let (headers, body) = bench.take().remove(0);
        let signatures: Vec<_> = headers.get_all("x-komoju-signature").iter().collect();
        assert_eq!(signatures.len(), count, "{signature}");
        assert!(signatures.iter().all(|one| by(secret, &body, one.to_str().unwrap())), "{signature}");
    }
}

#[tokio::test]
async fn a_changed_body_says_the_same_in_other_bytes_than_were_signed() {
    let bench = Bench::new().await;
    plan(&bench, json!({}), json!({ "kind": "changed", "tries": "first" })).await;
    bench.control("ping", json!({})).await;
    while sender::send_next(&bench.app).await {}
    let (headers, body) = bench.take().remove(0);
    let signed = bench.get("/control/state").await.json()["deliveries"][0]["body"].as_str().unwrap().to_owned();
    let same = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert!(body != signed && same(&body) == same(&signed));
    let signature = headers["x-komoju-signature"].to_str().unwrap();
    assert!(by(SECRET, &signed, signature) && !by(SECRET, &body, signature));
}

#[tokio::test]
async fn a_wrong_amount_or_currency_is_told_by_the_webhook_and_by_the_api_and_signed_for_real() {
    for (kind, amount, currency) in [("wrong_amount", 1, "JPY"), ("wrong_currency", 1200, "CHF")] {
        let bench = Bench::new().await;
        plan(&bench, json!({}), json!({ "kind": kind })).await;
        let id = pay(&bench).await;
        while sender::send_next(&bench.app).await {}
        for (headers, body) in bench.take() {
            let data = serde_json::from_str::<Value>(&body).unwrap()["data"].clone();
            assert_eq!((&data["amount"], &data["currency"]), (&json!(amount), &json!(currency)), "{kind}");
            assert!(by(SECRET, &body, headers["x-komoju-signature"].to_str().unwrap()));
        }
        let session = bench.session(&id).await;
        let payment = &session["payment"];
        assert_eq!((&payment["amount"], &payment["currency"]), (&json!(amount), &json!(currency)), "{kind}");
        assert_eq!((&session["amount"], &session["currency"]), (&json!(1200), &json!("JPY")), "it was asked rightly");
    }
}
