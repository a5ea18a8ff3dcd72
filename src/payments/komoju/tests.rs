//! KOMOJU's quirks, each under its own name. The signatures were computed with openssl:
//! `openssl dgst -sha256 -hmac SECRET src/payments/komoju/samples/captured.json`

use super::*;
use crate::domain::Currency;
use crate::payments::{Charge, MadeBy, Refunded};
use axum::http::HeaderValue;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

const BODY: &[u8] = include_bytes!("samples/captured.json");
const BY_NEW: &str = "c9ed4e9f95f6b25aa6f257f040c99841c406e316eaee53183e5cbb7c29d20f2b";
const BY_OLD: &str = "1cbe9d64cc4cd1b9d3df89e194bc6a5acf5ccde61b576af997e23e52f00e0f60";
const BY_ANOTHER: &str = "92db111982d4faff7ddf4292db032f6cb7ca38fe877fe8602a2deb4ec5dd3a15";

fn komoju(secrets: &[&str]) -> Komoju {
    Komoju::new(KomojuSettings {
        secret_key: SecretString::from("sk_test_1"),
        webhook_secrets: secrets.iter().map(|secret| SecretString::from(*secret)).collect(),
        api_url: Url::parse("https://komoju.com/api/v1").unwrap(),
    })
}

fn verify(secrets: &[&str], signatures: &[&str], body: &[u8]) -> Result<(), Forgery> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("X-Komoju-Signature", HeaderValue::from_str(signature).unwrap());
    }
    komoju(secrets).verify(&headers, body, 0)
}

#[test]
fn a_signature_that_openssl_computed_is_accepted() {
    assert_eq!(verify(&["whsec_noren_new"], &[BY_NEW], BODY), Ok(()));
    assert_eq!(verify(&["whsec_noren_new"], &[&BY_NEW.to_uppercase()], BODY), Ok(()));
}

#[test]
fn during_a_rotation_both_secrets_are_accepted_and_after_it_only_the_new_one() {
    for signature in [BY_NEW, BY_OLD] {
        assert_eq!(verify(&["whsec_noren_new", "whsec_noren_old"], &[signature], BODY), Ok(()));
    }
    assert_eq!(verify(&["whsec_noren_new"], &[BY_OLD], BODY), Err(Forgery::Wrong));
}

#[test]
fn every_other_signature_is_refused_with_its_reason() {
    let secrets = ["whsec_noren_new"];
    assert_eq!(verify(&secrets, &[], BODY), Err(Forgery::Missing));
    assert_eq!(verify(&secrets, &[BY_ANOTHER], BODY), Err(Forgery::Wrong));
    assert_eq!(verify(&secrets, &[BY_NEW, BY_ANOTHER], BODY), Err(Forgery::Several));
    assert_eq!(verify(&secrets, &[BY_NEW, BY_NEW], BODY), Err(Forgery::Several));
    assert_eq!(verify(&secrets, &["not hexadecimal"], BODY), Err(Forgery::Malformed));
    assert_eq!(verify(&secrets, &[""], BODY), Err(Forgery::Wrong));
    assert_eq!(verify(&secrets, &[&BY_NEW[..62]], BODY), Err(Forgery::Wrong));
    let mut changed = BODY.to_vec();
    *changed.last_mut().unwrap() = b' ';
    assert_eq!(verify(&secrets, &[BY_NEW], &changed), Err(Forgery::Wrong));
    assert_eq!(verify(&[], &[BY_NEW], BODY), Err(Forgery::Wrong), "no secret verifies nothing");
    assert_eq!(verify(&[""], &[BY_NEW], BODY), Err(Forgery::Wrong), "an empty secret verifies nothing");
}

fn event(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut event: Value = serde_json::from_slice(BODY).unwrap();
    change(&mut event);
    serde_json::to_vec(&event).unwrap()
}

fn told(body: &[u8]) -> Standing {
    match komoju(&["w"]).read(body).unwrap().news {
        News::Standing(standing) => standing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_captured_payment_is_paid_and_names_its_session_and_amount() {
    let notice = komoju(&["w"]).read(BODY).unwrap();
    assert_eq!(notice.dedupe_key, "6h49xdt2noren0000000000001");
    assert_eq!(notice.subject, Some(Subject::Session("ses00000000000000000000001".to_owned())));
    let standing = told(BODY);
    assert_eq!(standing.stage, Stage::Paid);
    assert_eq!(standing.charged, Some(Charge { minor: 1200, currency: "JPY".into() }));
}

#[test]
fn fields_that_nobody_knows_are_ignored_and_a_missing_one_is_named() {
    let body = event(|event| {
        event["surprise"] = json!({ "deep": [1] });
        event["data"]["surprise"] = json!(true);
    });
    assert_eq!(told(&body).stage, Stage::Paid);
    let body = event(|event| drop(event["data"].as_object_mut().unwrap().remove("amount")));
    let error = komoju(&["w"]).read(&body).unwrap_err();
    assert!(error.0.contains("amount"), "{error}");
    assert!(komoju(&["w"]).read(b"not json").is_err());
    assert!(komoju(&["w"]).read(b"").is_err());
}

#[test]
fn a_ping_and_an_unknown_event_are_nothing() {
    for kind in ["ping", "customer.created", "payment.of_the_future"] {
        let body = event(|event| event["type"] = json!(kind));
        assert_eq!(komoju(&["w"]).read(&body).unwrap().news, News::Nothing, "{kind}");
    }
    let bare = br#"{"id":"evt","type":"ping","resource":"event"}"#;
    assert_eq!(komoju(&["w"]).read(bare).unwrap().news, News::Nothing);
}

#[test]
fn a_slip_tells_the_store_the_code_the_fee_and_the_deadline() {
    let body = event(|event| {
        event["type"] = json!("payment.authorized");
        let data = &mut event["data"];
        data["status"] = json!("authorized");
        data["payment_method_fee"] = json!(190);
        data["total"] = json!(1390);
        data["payment_deadline"] = json!("2026-11-24T14:59:59Z");
        data["payment_details"] =
            json!({ "type": "konbini", "store": "family-mart", "confirmation_code": "1234", "receipt": "777" });
    });
    let standing = told(&body);
    assert_eq!(standing.stage, Stage::Authorised);
    assert_eq!(standing.covers, Some(Money::new(1200, Currency::Jpy)), "the fee is not part of the price");
    let slip = standing.instructions.unwrap();
    assert_eq!(slip.heading, "Pay at FamilyMart");
    assert_eq!((slip.total.minor, slip.fee.minor), (1390, 190));
    assert_eq!(slip.deadline, Some(1_795_532_399_000));
    assert!(slip.lines.contains(&("Confirmation number".into(), "1234".into())));
}

#[test]
fn a_refund_is_read_with_its_own_name_whatever_event_brings_it() {
    for kind in ["payment.refund.created", "payment.refunded"] {
        let body = event(|event| {
            event["type"] = json!(kind);
            event["data"]["refunds"] = json!([{ "id": "ref1", "amount": 200, "currency": "JPY", "chargeback": true }]);
        });
        let News::Refunds(refunds) = komoju(&["w"]).read(&body).unwrap().news else { panic!() };
        let amount = Charge { minor: 200, currency: "JPY".into() };
        assert_eq!(refunds, [Refunded { id: "ref1".into(), amount, chargeback: true, made_by: MadeBy::Others }]);
    }
}

fn session(change: impl FnOnce(&mut Value)) -> Standing {
    let mut session = json!({
        "id": "s", "amount": 6000, "currency": "USD", "status": "completed", "expired": false,
        "payment_methods": [{ "type": "konbini", "amount": 8139, "currency": "JPY" }],
        "payment": { "id": "p", "status": "captured", "amount": 8139, "currency": "JPY",
                     "payment_details": { "type": "konbini" } },
    });
    change(&mut session);
    standing_of_session(&serde_json::from_value(session).unwrap()).unwrap()
}

#[test]
fn a_converted_payment_covers_the_session_only_at_the_announced_rate() {
    let in_pounds = |session: &mut Value| session["currency"] = json!("GBP");
    assert_eq!(session(in_pounds).covers, Some(Money::new(6000, Currency::Gbp)));
    let cheaper = session(|session| {
        in_pounds(session);
        session["payment"]["amount"] = json!(8138);
    });
    assert_eq!(cheaper.covers, Some(Money::new(8138, Currency::Jpy)));
}

#[test]
fn a_completed_session_is_not_paid_while_its_payment_is_only_authorised() {
    assert_eq!(session(|session| session["payment"]["status"] = json!("authorized")).stage, Stage::Authorised);
    assert_eq!(session(|session| session["payment"]["status"] = json!("refunded")).stage, Stage::Paid);
}

#[test]
fn a_session_that_was_left_is_cancelled_and_one_that_ran_out_is_expired() {
    let without_payment = |status: &'static str, expired: bool| {
        session(move |session| {
            session["status"] = json!(status);
            session["expired"] = json!(expired);
            session["payment"] = Value::Null;
        })
        .stage
    };
    assert_eq!(without_payment("cancelled", false), Stage::Cancelled);
    assert_eq!(without_payment("pending", false), Stage::Pending);
    assert_eq!(without_payment("pending", true), Stage::Expired);
    // A pending payment is one that was tried before the shopper left.
    let tried = session(|session| {
        session["status"] = json!("cancelled");
        session["payment"]["status"] = json!("pending");
    });
    assert_eq!(tried.stage, Stage::Cancelled);
}

#[test]
fn a_decline_is_over_only_when_its_session_is() {
    let declined = |status: &'static str, expired: bool| {
        session(move |session| {
            session["status"] = json!(status);
            session["expired"] = json!(expired);
            session["payment"]["status"] = json!("failed");
        })
        .stage
    };
    assert_eq!(declined("pending", false), Stage::Declined);
    assert_eq!(declined("cancelled", false), Stage::Cancelled);
    assert_eq!(declined("pending", true), Stage::Expired);
}

#[test]
fn konbini_is_offered_in_yen_only_and_up_to_what_stores_take() {
    let komoju = komoju(&["w"]);
    let codes = |market, minor, currency| -> Vec<(&'static str, bool)> {
        let methods = komoju.methods(market, Money::new(minor, currency));
        methods.iter().map(|method| (method.code, method.unavailable.is_none())).collect()
    };
    assert!(codes(Market::Japan, 300_000, Currency::Jpy).contains(&("konbini", true)));
    assert!(codes(Market::Japan, 300_001, Currency::Jpy).contains(&("konbini", false)));
    assert_eq!(codes(Market::Britain, 1200, Currency::Gbp), [("credit_card", true)]);
}

#[test]
fn answers_are_told_apart_by_what_to_do_next() {
    let read = |status, body: &str| {
        read_answer::<wire::Session>(&http::Answer { status, body: body.as_bytes().to_vec() })
            .map(|session| session.id)
            .unwrap_err()
    };
    let refusal = r#"{"error":{"code":"invalid_parameter","message":"m","param":"currency"}}"#;
    assert!(
        matches!(read(422, refusal), ProviderError::Refused { status: 422, code } if code == "invalid_parameter (currency)")
    );
    assert!(matches!(read(401, "<html>"), ProviderError::Refused { status: 401, .. }));
    for status in [409, 429] {
        assert!(matches!(read(status, refusal), ProviderError::Unreachable { .. }), "{status}");
    }
    for status in [500, 502, 503, 504] {
        assert!(matches!(read(status, refusal), ProviderError::Failing { .. }), "{status}");
    }
    assert!(matches!(read(200, r#"{"id":"s","#), ProviderError::Unintelligible { .. }));
    assert!(matches!(read(200, r#"{"id":"s"}"#), ProviderError::Unintelligible { cause } if cause.contains("status")));
}
