//! Dojo's quirks, each under its own name. The signatures were computed with openssl:
//! `openssl dgst -sha256 -hmac SECRET src/payments/dojo/samples/captured.json`

use super::*;
use crate::domain::Currency;
use crate::payments::checkout::opening::allowed;
use crate::payments::testing::{self, NOW};
use crate::payments::{Charge, News, Stage, Subject};
use secrecy::SecretString;
use url::Url;

const BODY: &[u8] = include_bytes!("samples/captured.json");
const BY_NEW: &str = "01-EB-42-C3-EB-95-34-D4-C9-47-BC-F0-0A-A8-1B-95-68-9B-7A-C1-40-6E-BF-93-A3-EB-F9-4F-AE-0B-E9-FD";
const BY_OLD: &str = "52aec4e2edfbbd2903b7108230fa7c7592b952484cb914d92892ae3c03aea32a";
const BASE64: &str = "AetCw+uVNNTJR7zwCqgblWibesFAbr+To+v5T64L6f0=";

fn dojo(api_url: &str, secrets: &[&str], capture: Capture) -> Dojo {
    Dojo::new(DojoSettings {
        api_key: SecretString::from("sk_sandbox_noren=="),
        webhook_secrets: secrets.iter().map(|secret| SecretString::from(*secret)).collect(),
        api_url: Url::parse(api_url).unwrap(),
        capture,
    })
}

fn real() -> Dojo {
    dojo("https://api.dojo.tech", &["w"], Capture::Auto)
}

fn verify(secrets: &[&str], signatures: &[&str], body: &[u8]) -> Result<(), Forgery> {
    let headers: Vec<_> = signatures.iter().map(|signature| ("Dojo-Signature", *signature)).collect();
    testing::verify(&dojo("https://api.dojo.tech", secrets, Capture::Auto), &headers, body, NOW)
}

#[test]
fn a_signature_that_openssl_computed_is_accepted_with_its_hyphens_and_without() {
    for form in [BY_NEW.to_owned(), BY_NEW.replace('-', ""), BY_NEW.to_lowercase()] {
        assert_eq!(verify(&["whsec_noren_dojo"], &[&format!("sha256={form}")], BODY), Ok(()), "{form}");
    }
    assert_eq!(signature_of("whsec_noren_dojo", BODY), format!("sha256={BY_NEW}"), "and written with them");
}

#[test]
fn during_a_rotation_both_secrets_are_accepted_and_after_it_only_the_new_one() {
    for form in [BY_NEW, BY_OLD] {
        let both = ["whsec_noren_dojo", "whsec_noren_older"];
        assert_eq!(verify(&both, &[&format!("sha256={form}")], BODY), Ok(()));
    }
    assert_eq!(verify(&["whsec_noren_dojo"], &[&format!("sha256={BY_OLD}")], BODY), Err(Forgery::Wrong));
}

#[test]
fn every_other_signature_is_refused_with_its_reason() {
    let (secrets, right) = (["whsec_noren_dojo"], format!("sha256={BY_NEW}"));
    assert_eq!(verify(&secrets, &[], BODY), Err(Forgery::Missing));
    assert_eq!(verify(&secrets, &[&right, &right], BODY), Err(Forgery::Several));
    for unreadable in [BY_NEW, "", "sha256", "sha256:00", &format!("sha1={BY_NEW}"), &format!("sha256={BASE64}"), "é"]
    {
        assert_eq!(verify(&secrets, &[unreadable], BODY), Err(Forgery::Malformed), "{unreadable}");
    }
    for wrong in ["sha256=", &right[..right.len() - 3], &format!("{right}-00"), &right.replace("FD", "FE")] {
        assert_eq!(verify(&secrets, &[wrong], BODY), Err(Forgery::Wrong), "{wrong}");
    }
    assert_eq!(verify(&secrets, &[&right], &[BODY, b"\n"].concat()), Err(Forgery::Wrong));
    assert_eq!(verify(&[], &[&right], BODY), Err(Forgery::Wrong), "no secret verifies nothing");
    assert_eq!(verify(&["d2hzZWNfbm9yZW5fZG9qbw=="], &[&right], BODY), Err(Forgery::Wrong), "no base64 is undone");
}

fn event(change: impl FnOnce(&mut Value)) -> Notice {
    let mut event: Value = serde_json::from_slice(BODY).unwrap();
    change(&mut event);
    real().read(&serde_json::to_vec(&event).unwrap()).unwrap()
}

#[test]
fn a_webhook_tells_session_and_stage_and_leaves_the_amount_to_the_look_up() {
    let notice = event(|_| {});
    assert_eq!(notice.dedupe_key, "evt_Noren0000000000000001");
    assert_eq!(notice.subject, Some(Subject::Session("pi_sandbox_Noren00000000000001".to_owned())));
    assert_eq!(notice.news, News::Standing(Standing::only(Stage::Paid)));
    for (status, mode, stage, refunded) in [
        ("Created", "Auto", Stage::Pending, false),
        ("Authorized", "Manual", Stage::Authorised, false),
        ("Captured", "Manual", Stage::Paid, false),
        ("Canceled", "Auto", Stage::Cancelled, false),
        ("Refunded", "Auto", Stage::Paid, true),
        ("Reversed", "Auto", Stage::Paid, true),
        ("Reversed", "Manual", Stage::Cancelled, false),
    ] {
        let told = event(|event| {
            event["data"]["paymentStatus"] = json!(status);
            event["data"]["captureMode"] = json!(mode);
        });
        let expected = Standing { refunded, ..Standing::only(stage) };
        assert_eq!(told.news, News::Standing(expected), "{status} {mode}");
    }
}

#[test]
fn keys_in_capitals_and_ids_in_quotation_marks_of_their_own_are_read_all_the_same() {
    let body =
        br#"{"Id":"\"evt_Noren0000000000000001\"","Event":"payment_intent.status_updated","AccountId":"acc_noren",
        "Data":{"PaymentIntentId":"pi_sandbox_Noren00000000000001","PaymentStatus":"Captured","CaptureMode":"Auto"}}"#;
    assert_eq!(real().read(body).unwrap(), event(|_| {}));
}

#[test]
fn what_nobody_knows_is_ignored_and_what_is_missing_is_named() {
    let with_more = event(|event| {
        event["surprise"] = json!({ "deep": [null] });
        event["data"]["surprise"] = json!(4.35);
        drop(event["data"].as_object_mut().unwrap().remove("captureMode"));
    });
    assert_eq!(with_more, event(|_| {}));
    for other in ["payment_intent.created", "payment_intent.send-receipt", "terminal_session.status_updated"] {
        assert_eq!(event(|event| event["event"] = json!(other)).news, News::Nothing, "{other}");
    }
    for missing in ["id", "event", "paymentIntentId", "paymentStatus"] {
        let mut body: Value = serde_json::from_slice(BODY).unwrap();
        body.as_object_mut().unwrap().remove(missing);
        body["data"].as_object_mut().unwrap().remove(missing);
        let error = real().read(body.to_string().as_bytes()).unwrap_err();
        assert!(error.0.to_lowercase().contains(&missing.to_lowercase()), "{missing}: {error}");
    }
    assert!(real().read(b"").is_err());
}

#[test]
fn no_body_and_no_header_however_mangled_is_more_than_unreadable() {
    let dojo = dojo("https://api.dojo.tech", &["whsec_noren_dojo"], Capture::Auto);
    for body in testing::almost(BODY) {
        drop(dojo.read(&body));
    }
    let right = format!("sha256={BY_NEW}");
    for header in testing::almost(right.as_bytes()) {
        let header = String::from_utf8_lossy(&header).replace(char::is_control, "");
        let same = header.replace('-', "").eq_ignore_ascii_case(&right.replace('-', ""));
        let accepted = testing::verify(&dojo, &[("dojo-signature", &header)], BODY, NOW).is_ok();
        assert_eq!(accepted, same, "{header}");
    }
}

fn seen(change: impl FnOnce(&mut Value)) -> Standing {
    let mut intent = json!({
        "id": "pi_1", "captureMode": "Auto", "status": "Captured", "reference": "attempt00000001", "refundedAmount": 0,
        "amount": { "value": 1205, "currencyCode": "GBP" }, "totalAmount": { "value": 1205, "currencyCode": "GBP" },
        "paymentSource": "api", "captures": [], "paymentEvents": [],
    });
    change(&mut intent);
    standing(&serde_json::from_value(intent).unwrap())
}

#[test]
fn an_intent_covers_what_was_taken_in_either_case_of_its_currency() {
    for code in ["GBP", "gbp"] {
        let standing = seen(|intent| intent["totalAmount"]["currencyCode"] = json!(code));
        assert_eq!((standing.stage, standing.refunded, standing.given_back_minor()), (Stage::Paid, false, Some(0)));
        assert_eq!(standing.payment.as_deref(), Some("pi_1"));
        assert_eq!(standing.reference.as_deref(), Some("attempt00000001"));
        assert_eq!(standing.covers, Some(Money::new(1205, Currency::Gbp)), "{code}");
        assert_eq!(standing.charged, Some(Charge { minor: 1205, currency: "GBP".into() }));
    }
    let dollars = seen(|intent| intent["totalAmount"]["currencyCode"] = json!("USD"));
    assert_eq!((dollars.covers, dollars.charged.unwrap().currency.as_str()), (None, "USD"));
    assert_eq!(seen(|intent| intent["totalAmount"]["value"] = json!(1305)).covers.unwrap().minor, 1305, "with a tip");
    assert_eq!(seen(|intent| intent["status"] = json!("Created")).covers, None, "nothing was taken yet");
}

#[test]
fn a_held_card_covers_what_was_captured_of_it() {
    let captured = |captures: Value| {
        seen(|intent| {
            intent["captureMode"] = json!("Manual");
            intent["captures"] = captures;
        })
    };
    let parts = json!([
        { "id": "cp_1", "amount": 1000, "tipsAmount": 0, "status": "Successful" },
        { "id": "cp_2", "amount": 205, "status": "Declined" },
    ]);
    assert_eq!(captured(parts).covers, Some(Money::new(1000, Currency::Gbp)));
    let held = seen(|intent| intent["status"] = json!("Authorized"));
    assert_eq!((held.stage, held.covers), (Stage::Authorised, Some(Money::new(1205, Currency::Gbp))));
}

#[test]
fn a_partial_refund_leaves_an_intent_captured_and_only_its_amount_tells() {
    let part = seen(|intent| intent["refundedAmount"] = json!(205));
    assert_eq!((part.stage, part.refunded), (Stage::Paid, false));
    assert_eq!(part.given_back, Some(Charge { minor: 205, currency: "GBP".into() }));
    for (status, refunded_amount) in [("Refunded", 1205), ("Reversed", 0)] {
        let all = seen(|intent| {
            intent["status"] = json!(status);
            intent["refundedAmount"] = json!(refunded_amount);
        });
        assert_eq!((all.stage, all.refunded, all.given_back.unwrap().minor), (Stage::Paid, true, 1205), "{status}");
    }
}

#[test]
fn a_decline_shows_only_among_the_events_and_the_next_try_outdoes_it() {
    let after = |status: &str, events: Value| {
        seen(|intent| {
            intent["status"] = json!(status);
            intent["paymentEvents"] = events;
        })
        .stage
    };
    let declined = json!([{ "eventType": "AuthChallenged" }, { "eventType": "Declined" }]);
    assert_eq!(after("Created", declined.clone()), Stage::Declined);
    assert_eq!(after("Captured", declined), Stage::Paid);
    assert_eq!(
        after("Created", json!([{ "eventType": "Declined" }, { "eventType": "AuthChallenged" }])),
        Stage::Pending
    );
}

#[test]
fn pounds_and_euros_are_offered_and_yen_are_not() {
    let offered = |market: Market| real().methods(market, Money::new(1205, market.currency()));
    assert!(offered(Market::Japan).is_empty());
    for market in [Market::Britain, Market::Europe] {
        assert!(matches!(&offered(market)[..], [Method { code: "card", unavailable: None, .. }]), "{market:?}");
    }
    let held = dojo("https://api.dojo.tech", &["w"], Capture::Manual);
    assert!(held.methods(Market::Britain, Money::new(1, Currency::Gbp))[0].hint.contains("held"));
}

#[test]
fn the_browser_is_sent_to_dojos_page_with_its_port_or_without_and_nowhere_that_looks_alike() {
    for page in ["https://pay.dojo.tech/checkout/pi_1", "https://pay.dojo.tech:443/checkout/pi_1"] {
        assert!(allowed(&real(), page), "{page}");
    }
    for page in [
        "http://pay.dojo.tech/checkout/pi_1",
        "https://pay.dojo.tech:8443/checkout/pi_1",
        "https://pay.dojo.tech@evil.example/checkout/pi_1",
        "https://pay.dojo.tech.evil.example/checkout/pi_1",
        "https://api.dojo.tech/checkout/pi_1",
        "https://evil.example/pay.dojo.tech/checkout/pi_1",
        "//pay.dojo.tech/checkout/pi_1",
        "javascript:alert(1)",
        "",
    ] {
        assert!(!allowed(&real(), page), "{page}");
    }
    let simulated = dojo("http://127.0.0.1:4000/dojo", &["w"], Capture::Auto);
    assert!(allowed(&simulated, "http://127.0.0.1:4000/dojo/checkout/pi_1"));
    assert!(!allowed(&simulated, "https://pay.dojo.tech/checkout/pi_1"));
}
