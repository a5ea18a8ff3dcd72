//! What BPC is asked, on the wire, and what its answers lead to.

use super::*;
use crate::domain::Currency;
use crate::payments::Stage;
use crate::payments::checkout::opening::allowed;
use crate::payments::testing::{RETURN_URL, StandIn, open};
use secrecy::SecretString;
use url::Url;

const PRICE: Money = Money::new(435, Currency::Eur);
const PAGE_URL: &str = "https://dev.bpcbt.com/payment/merchants/shop/payment_en.html?mdOrder=1";

fn bpc(stand_in: &StandIn) -> Bpc {
    at(stand_in.url.as_str())
}

fn at(api_url: &str) -> Bpc {
    Bpc::new(BpcSettings {
        api_key: SecretString::from("key-1"),
        webhook_secrets: Vec::new(),
        api_url: Url::parse(api_url).unwrap(),
        webhook_max_age_ms: 1,
    })
}

fn session(status: &str, payment_status: &str) -> Value {
    json!({ "id": "ps_1", "amount": 435, "currency": "eur", "status": status, "paymentStatus": payment_status,
            "merchantReferenceId": "attempt00000001", "expiresAt": "2026-11-21T08:50:05Z", "locale": "EN",
            "paymentUrl": PAGE_URL, "metadata": {} })
}

#[tokio::test]
async fn a_session_is_made_with_the_key_the_version_and_the_attempt_as_its_reference() {
    for created in [200, 201] {
        let stand_in = StandIn::answering([(created, session("open", "unpaid"))]).await;
        let page = open(&bpc(&stand_in), PRICE, false).await.unwrap();
        assert_eq!((page.session.as_str(), page.page_url.as_str()), ("ps_1", PAGE_URL));
        assert_eq!(page.expires_at, Some(1_795_251_005_000), "BPC decides how long: 20 minutes");
        let asked = stand_in.asked();
        assert_eq!(asked[0].line(), "POST /sessions");
        assert_eq!(asked[0].header("x-api-key"), "key-1");
        assert_eq!(asked[0].header("x-version"), "2023-10-31");
        assert_eq!(asked[0].header("authorization"), "", "the key has a header of its own");
        let expected = json!({
            "amount": 435,
            "currency": "EUR",
            "successUrl": format!("{RETURN_URL}?back=success"),
            "failureUrl": format!("{RETURN_URL}?back=failure"),
            "merchantReferenceId": "attempt00000001",
            "locale": "en",
            "paymentData": { "captureMethod": "automatic" },
        });
        assert_eq!(asked[0].json(), expected);
    }
}

#[tokio::test]
async fn a_session_that_says_less_is_read_and_one_without_a_page_opens_nothing() {
    let bare = json!({ "id": "ps_1", "amount": 435, "currency": "EUR", "status": "open", "expiresAt": "soon" });
    let stand_in = StandIn::answering([(200, bare)]).await;
    let page = open(&bpc(&stand_in), PRICE, true).await.unwrap();
    assert_eq!(page, OpenedPage { session: "ps_1".into(), page_url: String::new(), expires_at: None });
    assert!(!allowed(&bpc(&stand_in), &page.page_url));
}

#[tokio::test]
async fn a_look_up_believes_the_payments_status() {
    for (status, payment_status, stage) in [
        ("open", "unpaid", Stage::Pending),
        ("completed", "unpaid", Stage::Pending),
        ("completed", "paid", Stage::Paid),
        ("expired", "paid", Stage::Paid),
        ("Expired", "unpaid", Stage::Expired),
        ("of_the_future", "of_the_future", Stage::Pending),
    ] {
        let stand_in = StandIn::answering([(200, session(status, payment_status))]).await;
        let seen = bpc(&stand_in).look_up("ps_1").await.unwrap();
        assert_eq!((seen.stage, seen.reference.as_deref()), (stage, Some("attempt00000001")), "{status}");
        assert_eq!(seen.covers, (stage == Stage::Paid).then_some(PRICE), "{status}");
        assert_eq!(stand_in.lines(), ["GET /sessions/ps_1"]);
    }
}

#[tokio::test]
async fn a_session_is_ended_by_expiring_it_without_a_body() {
    let stand_in = StandIn::answering([(200, session("expired", "unpaid")), (412, json!({}))]).await;
    bpc(&stand_in).cancel("ps_1").await.unwrap();
    let error = bpc(&stand_in).cancel("ps_1").await.unwrap_err();
    assert!(matches!(error, ProviderError::Refused { status: 412, .. }), "only an open one can be expired: {error}");
    let asked = stand_in.asked();
    assert_eq!((asked[0].line().as_str(), asked[0].body.len()), ("POST /sessions/ps_1/expire", 0));
}

/// What these answer is not documented: a success that was taken for a failure would be sent, and paid out, again.
#[tokio::test]
async fn captures_and_refunds_succeed_whatever_a_success_says() {
    for answer in [(200, json!({ "id": "re_1" })), (201, json!("")), (204, json!("")), (200, json!("OK"))] {
        let stand_in = StandIn::answering([answer.clone(), answer]).await;
        bpc(&stand_in).capture("pay_1", PRICE).await.unwrap();
        bpc(&stand_in).refund("pay_1", Money::new(135, Currency::Eur), "refund-1").await.unwrap();
        let asked = stand_in.asked();
        assert_eq!(
            (asked[0].line(), asked[0].json()),
            ("POST /payments/pay_1/capture".into(), json!({ "amount": 435 }))
        );
        let refund = json!({ "paymentId": "pay_1", "amount": 135, "merchantReferenceId": "refund-1" });
        assert_eq!((asked[1].line(), asked[1].json()), ("POST /refunds".into(), refund));
    }
}

#[tokio::test]
async fn a_refund_tries_the_other_likely_path_once_and_then_is_the_merchants_to_make() {
    for (second, offered) in [(200, true), (404, false), (405, false)] {
        let stand_in = StandIn::answering([(404, json!({})), (second, json!({}))]).await;
        let answer = bpc(&stand_in).refund("pay_1", PRICE, "refund-1").await;
        assert_eq!(answer.is_ok(), offered);
        assert!(offered || matches!(answer, Err(ProviderError::NotOffered)), "{second}");
        assert_eq!(stand_in.lines(), ["POST /refunds", "POST /payments/pay_1/refund"]);
    }
    let stand_in = StandIn::answering([(400, json!({ "code": "tooMuch" }))]).await;
    let error = bpc(&stand_in).refund("pay_1", PRICE, "refund-1").await.unwrap_err();
    assert!(matches!(&error, ProviderError::Refused { code, .. } if code == "tooMuch"), "{error}");
    assert_eq!(stand_in.lines(), ["POST /refunds"], "a refusal is an answer");
}

#[tokio::test]
async fn a_refusal_names_its_code_wherever_that_is_and_never_repeats_sentences() {
    for (body, expected) in [
        (json!({ "code": "authenticationError", "message": "key-1 is not valid" }), "authenticationError"),
        (json!({ "error": { "code": "invalidRequest", "message": "m" } }), "invalidRequest"),
        (json!({ "error": "Mie@shop.example is not valid" }), "without a code"),
        (json!({ "code": 17, "errors": [{}] }), "without a code"),
        (json!("<html>"), "without a code"),
        (json!(""), "without a code"),
    ] {
        let stand_in = StandIn::answering([(401, body.clone())]).await;
        let error = open(&bpc(&stand_in), PRICE, false).await.unwrap_err();
        assert!(matches!(&error, ProviderError::Refused { status: 401, code } if code == expected), "{body}: {error}");
    }
}

#[tokio::test]
async fn answers_are_told_apart_by_what_to_do_next() {
    let stand_in = StandIn::answering([
        (429, json!({})),
        (500, json!({})),
        (302, json!({})),
        (200, json!({ "id": "ps_1" })),
        (200, json!(r#"{"id":"ps_1","#)),
    ])
    .await;
    let bpc = bpc(&stand_in);
    assert!(matches!(bpc.look_up("ps_1").await, Err(ProviderError::Unreachable { .. })));
    assert!(matches!(bpc.look_up("ps_1").await, Err(ProviderError::Failing { status: 500 })));
    assert!(matches!(bpc.look_up("ps_1").await, Err(ProviderError::Refused { status: 302, .. })));
    let missing = bpc.look_up("ps_1").await.unwrap_err();
    assert!(matches!(&missing, ProviderError::Unintelligible { cause } if cause.contains("amount")), "{missing}");
    assert!(matches!(bpc.look_up("ps_1").await, Err(ProviderError::Unintelligible { .. })));
}

#[test]
fn euros_are_offered_and_the_browser_is_sent_to_the_apis_own_host_only() {
    let sandbox = at("https://dev.bpcbt.com/api2");
    let codes = |market: Market| sandbox.methods(market, Money::new(435, market.currency())).len();
    assert_eq!(Market::ALL.map(codes), [0, 0, 1]);
    assert!(allowed(&sandbox, "https://dev.bpcbt.com/payment/merchants/shop/payment_en.html?mdOrder=1"));
    for page in [
        "http://dev.bpcbt.com/payment",
        "https://dev.bpcbt.com.evil.example/payment",
        "https://dev.bpcbt.com@evil.example/payment",
        "https://evil-dev.bpcbt.com/payment",
        "https://bpcbt.com/payment",
        "",
    ] {
        assert!(!allowed(&sandbox, page), "{page}");
    }
    assert!(allowed(&at("http://127.0.0.1:4000/bpc/api2"), "http://127.0.0.1:4000/bpc/payment?mdOrder=1"));
}
