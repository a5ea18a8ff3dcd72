//! What Dojo is asked, on the wire, and what its answers lead to.

use super::*;
use crate::domain::Currency;
use crate::payments::Stage;
use crate::payments::testing::{Asked, RETURN_URL, StandIn, open};
use secrecy::SecretString;

const PRICE: Money = Money::new(1205, Currency::Gbp);
const PAGE_URL: &str = "https://pay.dojo.tech:443/checkout/pi_1";

fn dojo(stand_in: &StandIn, capture: Capture) -> Dojo {
    Dojo::new(DojoSettings {
        api_key: SecretString::from("sk_sandbox_noren=="),
        webhook_secrets: Vec::new(),
        api_url: stand_in.url.clone(),
        capture,
    })
}

fn intent(id: &str, status: &str, mode: &str) -> Value {
    json!({ "id": id, "status": status, "captureMode": mode, "reference": "attempt00000001", "paymentLink": PAGE_URL,
            "amount": { "value": 1205, "currencyCode": "GBP" } })
}

/// A page of a search's answer.
fn found(intents: &[Value], after: Value) -> (u16, Value) {
    (200, json!({ "data": intents, "before": null, "after": after }))
}

#[tokio::test]
async fn an_intent_is_made_with_the_literal_key_the_version_and_the_attempt_as_its_reference() {
    let stand_in = StandIn::answering([(200, intent("pi_1", "Created", "Auto"))]).await;
    let page = open(&dojo(&stand_in, Capture::Auto), PRICE, false).await.unwrap();
    assert_eq!(page, OpenedPage { session: "pi_1".into(), page_url: PAGE_URL.into(), expires_at: None });
    let asked = stand_in.asked();
    assert_eq!(asked.len(), 1, "an intent is made once, and nothing is searched for");
    assert_eq!(asked[0].line(), "POST /payment-intents");
    assert_eq!(asked[0].header("authorization"), "Basic sk_sandbox_noren==");
    assert_eq!(asked[0].header("version"), "2026-02-27");
    assert_eq!(asked[0].header("content-type"), "application/json");
    let body = asked[0].json();
    assert_eq!(body["amount"], json!({ "value": 1205, "currencyCode": "GBP" }));
    assert_eq!(body["reference"], "attempt00000001");
    assert_eq!(body["config"]["redirectUrl"], format!("{RETURN_URL}?back=success"));
    assert_eq!(body["config"]["cancelUrl"], format!("{RETURN_URL}?back=exit"));
    assert_eq!(body["expireAt"], "2026-11-21T09:00:05.000Z");
    assert_eq!(body["captureMode"], "Auto");
    assert_eq!(body.get("autoExpireIn"), None, "which is for manual capture");
    let line = &body["itemLines"][0];
    assert_eq!(line["amountTotal"], json!({ "value": 1204, "currencyCode": "GBP" }));
    assert_eq!(line["name"].as_str().unwrap().chars().count(), 100, "Dojo takes no longer one");
}

#[tokio::test]
async fn a_held_card_is_let_go_by_dojo_before_its_seven_days_are_over() {
    let stand_in = StandIn::answering([(200, intent("pi_1", "Created", "Manual"))]).await;
    open(&dojo(&stand_in, Capture::Manual), PRICE, false).await.unwrap();
    let body = stand_in.asked()[0].json();
    assert_eq!(body["captureMode"], "Manual");
    assert_eq!((&body["autoExpireIn"], &body["autoExpireAction"]), (&json!("6.23:00:00"), &json!("Release")));
}

#[tokio::test]
async fn after_a_lost_answer_the_intent_that_was_made_is_found_and_its_double_is_cancelled() {
    let mut foreign = intent("pi_foreign", "Created", "Auto");
    foreign["reference"] = json!("Order 245");
    let ours = |id| intent(id, "Created", "Auto");
    let stand_in = StandIn::answering([
        found(&[foreign, ours("pi_1")], json!("cursor_1")),
        found(&[ours("pi_2")], Value::Null),
        (200, intent("pi_2", "Canceled", "Auto")),
    ])
    .await;
    assert_eq!(open(&dojo(&stand_in, Capture::Auto), PRICE, true).await.unwrap().session, "pi_1");
    let asked = stand_in.asked();
    let lines: Vec<String> = asked.iter().map(Asked::line).collect();
    assert_eq!(lines, ["POST /payment-intents/search", "POST /payment-intents/search", "DELETE /payment-intents/pi_2"]);
    let query = asked[0].json();
    assert_eq!(query["statuses"], json!(["Created"]));
    assert_eq!(query["startDate"], "2026-11-21T08:19:05.000Z", "ten minutes before the attempt");
    assert_eq!(query["endDate"], "2026-11-21T08:40:05.000Z");
    assert_eq!(query["cursor"], json!({ "limit": 100 }));
    assert_eq!(asked[1].json()["cursor"], json!({ "limit": 100, "after": "cursor_1" }));
}

#[tokio::test]
async fn after_a_lost_request_a_new_intent_is_made_but_not_while_the_search_or_a_cancelling_fails() {
    let made = || (200, intent("pi_1", "Created", "Auto"));
    let stand_in = StandIn::answering([found(&[], Value::Null), made()]).await;
    assert_eq!(open(&dojo(&stand_in, Capture::Auto), PRICE, true).await.unwrap().session, "pi_1");
    assert_eq!(stand_in.lines(), ["POST /payment-intents/search", "POST /payment-intents"]);
    let stand_in = StandIn::answering([(503, json!("busy")), made()]).await;
    assert!(open(&dojo(&stand_in, Capture::Auto), PRICE, true).await.is_err());
    assert_eq!(stand_in.lines(), ["POST /payment-intents/search"], "two intents could both be paid");
    let double = [intent("pi_1", "Created", "Auto"), intent("pi_2", "Created", "Auto")];
    let stand_in = StandIn::answering([found(&double, Value::Null), (409, json!({}))]).await;
    assert!(open(&dojo(&stand_in, Capture::Auto), PRICE, true).await.is_err());
}

#[tokio::test]
async fn a_search_ends_at_an_empty_page_even_when_that_names_another() {
    let stand_in =
        StandIn::answering([found(&[], json!("cursor_of_nothing")), (200, intent("pi_1", "Created", "Auto"))]).await;
    assert_eq!(open(&dojo(&stand_in, Capture::Auto), PRICE, true).await.unwrap().session, "pi_1");
    assert_eq!(stand_in.lines(), ["POST /payment-intents/search", "POST /payment-intents"]);
}

#[tokio::test]
async fn a_look_up_asks_for_cancelled_intents_too() {
    let stand_in = StandIn::answering([(200, intent("pi_1", "Canceled", "Auto"))]).await;
    assert_eq!(dojo(&stand_in, Capture::Auto).look_up("pi_1").await.unwrap().stage, Stage::Cancelled);
    assert_eq!(stand_in.lines(), ["GET /payment-intents/pi_1?returnCanceled=true"]);
}

#[tokio::test]
async fn what_ends_an_intent_depends_on_how_it_stands_and_what_is_over_is_left_alone() {
    let (get, delete) = ("GET /payment-intents/pi_1?returnCanceled=true", "DELETE /payment-intents/pi_1");
    let reversal = "POST /payment-intents/pi_1/reversal";
    for (status, mode, then) in [
        ("Created", "Auto", Some(delete)),
        ("Authorized", "Manual", Some(reversal)),
        ("Canceled", "Auto", None),
        ("Reversed", "Manual", None),
    ] {
        let stand_in = StandIn::answering([(200, intent("pi_1", status, mode)), (200, json!({}))]).await;
        dojo(&stand_in, Capture::Auto).cancel("pi_1").await.unwrap();
        let expected: Vec<&str> = [get].into_iter().chain(then).collect();
        assert_eq!(stand_in.lines(), expected, "{status}");
    }
    for status in ["Captured", "Refunded", "Reversed"] {
        let refused = (400, json!({ "Status": 400, "Detail": "d", "Extensions": {} }));
        let stand_in = StandIn::answering([(200, intent("pi_1", status, "Auto")), refused]).await;
        let error = dojo(&stand_in, Capture::Auto).cancel("pi_1").await.unwrap_err();
        assert!(matches!(error, ProviderError::Refused { status: 400, .. }), "{status}: {error}");
    }
}

#[tokio::test]
async fn captures_and_refunds_are_plain_integers_and_a_refund_has_a_key() {
    let stand_in = StandIn::answering([(200, json!({ "captureId": "cp_1" })), (200, json!({ "refundId": "r" }))]).await;
    let dojo = dojo(&stand_in, Capture::Manual);
    dojo.capture("pi_1", PRICE).await.unwrap();
    dojo.refund("pi_1", Money::new(205, Currency::Gbp), "refund-1").await.unwrap();
    let asked = stand_in.asked();
    assert_eq!(asked[0].line(), "POST /payment-intents/pi_1/captures");
    assert_eq!(asked[0].json(), json!({ "amount": 1205 }));
    assert_eq!(asked[1].line(), "POST /payment-intents/pi_1/refunds");
    assert_eq!((asked[1].json(), asked[1].header("idempotencyKey")), (json!({ "amount": 205 }), "refund-1"));
}

#[tokio::test]
async fn a_refusal_names_the_fields_in_either_case_and_never_repeats_sentences() {
    let fields = json!({ "Reference": ["'x@shop.example' is too long"], "amount": ["no"] });
    for key in ["errors", "Errors"] {
        let stand_in = StandIn::answering([(400, json!({ key: fields, "status": 400 }))]).await;
        let error = open(&dojo(&stand_in, Capture::Auto), PRICE, false).await.unwrap_err();
        assert!(
            matches!(&error, ProviderError::Refused { status: 400, code } if code == "amount, reference"),
            "{error}"
        );
    }
    for (status, body) in [(401, json!("")), (403, json!("<html>")), (404, json!([1])), (418, json!({ "errors": 5 }))] {
        let stand_in = StandIn::answering([(status, body)]).await;
        let error = dojo(&stand_in, Capture::Auto).look_up("pi_1").await.unwrap_err();
        assert!(matches!(error, ProviderError::Refused { status: refused, .. } if refused == status), "{error}");
    }
    let stand_in = StandIn::answering([(200, json!({ "id": "pi_1", "status": "Created" }))]).await;
    let error = dojo(&stand_in, Capture::Auto).look_up("pi_1").await.unwrap_err();
    assert!(matches!(&error, ProviderError::Unintelligible { cause } if cause.contains("amount")), "{error}");
}

#[tokio::test]
async fn a_new_webhook_secret_signs_only_when_it_is_activated() {
    let secrets = json!({ "id": "ws_1", "secrets": [{ "id": "sc_1", "value": "old", "isActive": true },
                                                    { "id": "sc_2", "value": "new", "isActive": false }] });
    let listed = json!([{ "id": "ws_1", "url": "https://other.example", "events": ["payment_intent.created"] }]);
    let mended = json!({ "id": "ws_1" });
    let stand_in = StandIn::answering([(200, listed), (200, mended), (200, secrets), (204, json!(""))]).await;
    let dojo = dojo(&stand_in, Capture::Auto);
    let subscription = dojo.subscriptions().await.unwrap().remove(0);
    assert!(!subscription.is_sound("https://other.example"), "the event is missing");
    dojo.mend(&subscription, "https://shop.example/webhooks/dojo").await.unwrap();
    let secrets = dojo.add_secret("ws_1").await.unwrap();
    assert_eq!(secrets.iter().map(|secret| secret.is_active).collect::<Vec<_>>(), [true, false]);
    dojo.activate("ws_1", "sc_2").await.unwrap();
    let asked = stand_in.asked();
    assert_eq!(asked[1].line(), "PATCH /webhooks/ws_1");
    let events = json!(["payment_intent.created", "payment_intent.status_updated"]);
    assert_eq!(asked[1].json(), json!({ "events": events, "url": "https://shop.example/webhooks/dojo" }));
    assert_eq!(asked[2].line(), "POST /webhooks/ws_1/secrets");
    assert_eq!(asked[3].line(), "PUT /webhooks/ws_1/secrets/sc_2/activate");
}
