//! Webhooks: their shapes, their signature, their tries.

use super::keys;
use crate::payments::signature::RsaPublicKey;
use crate::simulator::provider::Signature;
use crate::simulator::stablemint::model::Dialect::{V1, V2};
use crate::simulator::stablemint::webhook;
use crate::simulator::tests::Bench;
use axum::http::HeaderMap;
use data_encoding::BASE64;
use serde_json::{Value, json};

/// Whether the provider signed this.
fn is_signed(headers: &HeaderMap, body: &str) -> bool {
    let text = |name: &str| headers[name].to_str().unwrap();
    let signature = BASE64.decode(text("stablemint-signature").as_bytes()).unwrap();
    let message = format!("{},{body}", text("stablemint-timestamp"));
    RsaPublicKey::read(keys::PROVIDER_PUBLIC).unwrap().verifies(message.as_bytes(), &signature)
}

/// The fields' names in their order.
fn fields(body: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    for part in body.split_inclusive(['{', '}', ',']) {
        if depth == 1
            && let Some((name, _)) = part.split_once("\":")
        {
            names.push(name.trim_start_matches('"').to_owned());
        }
        depth += part.matches('{').count();
        depth -= part.matches('}').count();
    }
    names
}

#[tokio::test]
async fn a_webhook_is_signed_as_openssl_signs_it() {
    let bench = Bench::new().await;
    let body = r#"{"note":"€ 1","amount":10.00}"#;
    let headers = bench.app.read(|state| webhook::sign(state, body, Signature::Right, 1_764_000_000_000));
    assert_eq!(headers[1], ("StableMint-Timestamp", "2025-11-24T16:00:00Z".to_owned()));
    assert_eq!(headers[2], ("StableMint-Signature", keys::WEBHOOK.to_owned()));
    bench.control("send", json!({"provider": "stablemint", "body": body})).await;
    let (headers, received) = bench.take().remove(0);
    assert!(received == body && is_signed(&headers, body) && !is_signed(&headers, "{}"));
    assert_eq!(headers["content-type"], "application/json");
}

#[tokio::test]
async fn the_first_dialect_has_the_documented_fields_in_their_order() {
    let bench = Bench::new().await;
    let more = json!({"websiteReference": "order_1", "idempotencyKey": "k1", "customFields": {"a": "b"}});
    let reference = bench.open_stablemint(V1, more).await;
    bench.press(&reference, "pay").await;
    let (headers, body) = bench.stablemint_webhooks().await.remove(0);
    assert!(is_signed(&headers, &body));
    let expected = [
        "sessionId",
        "amount",
        "currency",
        "paymentMethod",
        "paymentReference",
        "notificationType",
        "userId",
        "userCountryCode",
        "idempotencyKey",
        "websiteReference",
        "customFields",
        "accountBicCode",
        "accountName",
        "accountAddress",
        "accountIban",
        "status",
    ];
    assert_eq!(fields(&body), expected);
    assert!(body.contains(r#""amount":9.99,"currency":"EUR""#));
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&event["status"], &event["paymentReference"]), (&json!("reconciled"), &json!(reference)));
    assert_eq!((&event["websiteReference"], &event["customFields"]), (&json!("order_1"), &json!({"a": "b"})));
}

#[tokio::test]
async fn the_second_dialect_tells_every_step_in_an_envelope_with_an_id() {
    let bench = Bench::new().await;
    let reference =
        bench.open_stablemint(V2, json!({"customFields": "text", "userKyc": {"fullName": "A \"B\""}})).await;
    bench.press(&reference, "pay").await;
    let webhooks = bench.stablemint_webhooks().await;
    let bodies: Vec<Value> = webhooks.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    let kinds: Vec<&str> = bodies.iter().map(|body| body["data"]["eventType"].as_str().unwrap()).collect();
    let expected = ["created", "initiated", "submitted", "accepted", "completed"];
    assert_eq!(kinds, expected.map(|step| format!("partner.customer.deposit.{step}")));
    assert_ne!(bodies[0]["eventId"], bodies[1]["eventId"]);
    let data = &bodies[3]["data"];
    assert_eq!((&data["reference"], &data["customerId"]), (&json!(reference), &json!("u_7")));
    assert_eq!((&data["customFields"], &data["customerFullName"]), (&json!("text"), &json!("A \"B\"")));
    assert!(data["websiteReference"].is_null());
    assert!(webhooks.iter().all(|(headers, body)| is_signed(headers, body)));
}

#[tokio::test]
async fn the_second_dialect_can_also_be_flat() {
    let bench = Bench::new().await;
    bench.switch("stablemint_webhook_shape", "flat").await;
    let reference = bench.open_stablemint(V2, json!({})).await;
    bench.press(&reference, "pay").await;
    let webhooks = bench.stablemint_webhooks().await;
    let expected = [
        "notificationType",
        "partnerId",
        "customerId",
        "reference",
        "amount",
        "currency",
        "sessionId",
        "endToEndId",
        "paymentCountry",
        "paymentMethod",
        "partnerName",
        "customerEmail",
        "customerFullName",
        "customerCitizenshipCountryCode",
        "customerResidenceAddress",
        "idempotencyKey",
        "websiteReference",
        "customFields",
        "blockchainDestinationType",
        "blockchainDestinationAddress",
    ];
    assert_eq!(fields(&webhooks[0].1), expected);
    assert!(fields(&webhooks[1].1).contains(&"externalPaymentId".to_owned()));
    let kind =
        |body: &str| serde_json::from_str::<Value>(body).unwrap()["notificationType"].as_str().unwrap().to_owned();
    let kinds: Vec<String> = webhooks.iter().map(|(_, body)| kind(body)).collect();
    let steps = ["created", "submitted", "reconciled", "accepted"];
    assert_eq!(kinds, steps.map(|step| format!("partner.customer.deposit.{step}")));
}

#[tokio::test]
async fn a_refused_webhook_is_tried_five_more_times_and_signed_afresh_unless_the_switch_says_otherwise() {
    for (choice, same) in [("on", false), ("off", true)] {
        let bench = Bench::new().await;
        bench.switch("stablemint_signed_afresh", choice).await;
        let reference = bench.open_stablemint(V1, json!({})).await;
        bench.shop_answers(&[500; 9]);
        bench.press(&reference, "pay").await;
        let (first, body) = bench.stablemint_webhooks().await.remove(0);
        for minutes in [5, 10, 30, 60, 90] {
            bench.control("clock", json!({"forward_seconds": minutes * 60 - 5})).await;
            assert!(bench.stablemint_webhooks().await.is_empty(), "{minutes}");
            bench.control("clock", json!({"forward_seconds": 5})).await;
            let (headers, again) = bench.stablemint_webhooks().await.remove(0);
            assert!(again == body && is_signed(&headers, &body), "{minutes}");
            assert_eq!(headers["stablemint-timestamp"] == first["stablemint-timestamp"], same, "{choice}");
        }
        let state = bench.get("/control/state").await.json();
        assert_eq!(state["deliveries"].as_array().unwrap().last().unwrap()["state"], "gave_up");
    }
}

#[tokio::test]
async fn a_test_can_send_any_signature_about_a_session_as_it_stands() {
    let bench = Bench::new().await;
    let reference = bench.open_stablemint(V1, json!({})).await;
    for (signature, count, right) in [
        ("right", 1, true),
        ("wrong", 1, false),
        ("old_secret", 1, true),
        ("none", 0, false),
        ("twice_header", 2, true),
        ("stale", 1, true),
    ] {
        let wish = json!({
            "provider": "stablemint", "session": reference, "type": "InwardPaymentReconciled",
            "amend": {"amount": 0.01}, "signature": signature,
        });
        bench.control("send", wish).await;
        let (headers, body) = bench.take().remove(0);
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["amount"], json!(0.01));
        assert_eq!(headers.get_all("stablemint-signature").iter().count(), count, "{signature}");
        assert!(count == 0 || is_signed(&headers, &body) == right, "{signature}");
        let at = crate::simulator::times::parse(headers["stablemint-timestamp"].to_str().unwrap()).unwrap();
        assert_eq!(bench.app.now() - at >= 86_400_000, signature == "stale");
    }
}
