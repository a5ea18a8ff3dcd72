//! BPC's quirks, each under its own name. The signatures were computed with openssl:
//! `(cat src/payments/bpc/samples/completed.json; printf .1795249805) | openssl dgst -sha256 -hmac SECRET`

use super::*;
use crate::domain::Currency;
use crate::payments::http::FUTURE_MS;
use crate::payments::testing::{self, NOW};
use crate::payments::{Charge, MadeBy, News, Refunded, Stage, Subject};
use secrecy::SecretString;
use url::Url;

const BODY: &[u8] = include_bytes!("samples/completed.json");
const BY_NEW: &str = "5be8b61da6f072763a615526332c7f04f5d7342fbecad2ff661da9f0d6c91c44";
const BY_NEW_IN_MS: &str = "f7f163324eaa12ddd5c32fbee762181c07a3cf1d8d62d20df369cad217025f6b";
const BY_OLD: &str = "b1bd2ec1319582f6bb5303e856cf25cf0dfb90a2c2af7a499ca0b84ef17f146d";
/// Over the time, a dot and the body: everybody else's order.
const TIME_FIRST: &str = "77c503b2bf3084c84eee5d2dbb81c02197ceaf26499977af772f1c4bf4c8752b";
const BODY_ALONE: &str = "bf4e26befc1bbd1784e5b4f64f436e0e7bbd8db71af3b361a86eea7fba38f828";
const BASE64: &str = "W+i2HabwcnY6YVUmMyx/BPXXNC++ytL/Zh2p8NbJHEQ=";
const SESSION: &str = "ps_2GRSnoren0000000000000000000000000000000000000000000001";
const HOUR_MS: i64 = 3_600_000;

fn sandbox(secrets: &[&str]) -> Bpc {
    Bpc::new(BpcSettings {
        api_key: SecretString::from("key-1"),
        webhook_secrets: secrets.iter().map(|secret| SecretString::from(*secret)).collect(),
        api_url: Url::parse("https://dev.bpcbt.com/api2").unwrap(),
        webhook_max_age_ms: 48 * HOUR_MS,
    })
}

fn verify(header: &str) -> Result<(), Forgery> {
    testing::verify(&sandbox(&["whsec_noren_bpc"]), &[("x-signature", header)], BODY, NOW)
}

#[test]
fn a_signature_that_openssl_computed_is_accepted_in_seconds_and_in_milliseconds() {
    assert_eq!(verify(&format!("t=1795249805,v1={BY_NEW}")), Ok(()));
    assert_eq!(verify(&format!("t=1795249805000,v1={BY_NEW_IN_MS}")), Ok(()));
    assert_eq!(verify(&format!("t=1795249805,v1={TIME_FIRST}")), Ok(()), "the time may be signed first");
    assert_eq!(verify(&format!("v1={}, t=1795249805", BY_NEW.to_uppercase())), Ok(()), "in any order and case");
}

#[test]
fn during_a_rotation_one_of_several_signatures_and_one_of_two_secrets_are_enough() {
    assert_eq!(verify(&format!("t=1795249805,v1={BY_OLD},v1={BY_NEW},v2=of-the-future")), Ok(()));
    let by_old = format!("t=1795249805,v1={BY_OLD}");
    let both = sandbox(&["whsec_noren_bpc", "whsec_noren_older"]);
    assert_eq!(testing::verify(&both, &[("X-Signature", &by_old)], BODY, NOW), Ok(()));
    assert_eq!(verify(&by_old), Err(Forgery::Wrong));
}

#[test]
fn a_header_full_of_signatures_is_refused_before_any_is_tried_against_the_body() {
    let header = |wrong: usize| format!("t=1795249805,{}v1={BY_NEW}", "v1=00,".repeat(wrong));
    assert_eq!(verify(&header(7)), Ok(()));
    assert_eq!(verify(&header(8)), Err(Forgery::Malformed));
}

#[test]
fn every_other_signature_is_refused_with_its_reason() {
    let bpc = sandbox(&["whsec_noren_bpc"]);
    let right = format!("t=1795249805,v1={BY_NEW}");
    assert_eq!(testing::verify(&bpc, &[], BODY, NOW), Err(Forgery::Missing));
    let twice = [("X-Signature", right.as_str()), ("X-Signature", right.as_str())];
    assert_eq!(testing::verify(&bpc, &twice, BODY, NOW), Err(Forgery::Several));
    let hexadecimal = ["", "t=1795249805", &format!("v1={BY_NEW}"), BY_NEW, &format!("t=1,t=1,v1={BY_NEW}")];
    let encoded = [&format!("t=1795249805,v1={BASE64}"), &format!("t=1795249805,v1={}", &BY_NEW[1..])];
    for unreadable in hexadecimal.into_iter().chain(encoded.map(String::as_str)) {
        assert_eq!(verify(unreadable), Err(Forgery::Malformed), "{unreadable}");
    }
    for wrong in [BODY_ALONE, BY_NEW_IN_MS, &BY_NEW[2..], ""] {
        assert_eq!(verify(&format!("t=1795249805,v1={wrong}")), Err(Forgery::Wrong), "{wrong}");
    }
    for time in ["1795249806", "01795249805", "1795249805.0", ""] {
        assert_eq!(verify(&format!("t={time},v1={BY_NEW}")), Err(Forgery::Wrong), "the time is signed as text: {time}");
    }
    let changed = [BODY, b" "].concat();
    assert_eq!(testing::verify(&bpc, &[("X-Signature", &right)], &changed, NOW), Err(Forgery::Wrong));
    assert_eq!(testing::verify(&sandbox(&[]), &[("X-Signature", &right)], BODY, NOW), Err(Forgery::Wrong));
}

#[test]
fn a_signature_of_the_day_before_yesterday_or_of_the_future_is_stale() {
    for header in [format!("t=1795249805,v1={BY_NEW}"), format!("t=1795249805000,v1={BY_NEW_IN_MS}")] {
        let at = |now| testing::verify(&sandbox(&["whsec_noren_bpc"]), &[("X-Signature", &header)], BODY, now);
        assert_eq!(at(NOW + 48 * HOUR_MS), Ok(()));
        assert_eq!(at(NOW + 48 * HOUR_MS + 1), Err(Forgery::Stale));
        assert_eq!(at(NOW - FUTURE_MS), Ok(()));
        assert_eq!(at(NOW - FUTURE_MS - 1), Err(Forgery::Stale));
    }
}

/// Only who has the secret gets this far, so that it is a mistake and not an attack.
#[test]
fn a_signed_time_that_is_no_number_is_refused_all_the_same() {
    for time in ["2026-11-21T08:30:05Z", "-5", "", "99999999999999999999"] {
        let mac = signature::sign(b"whsec_noren_bpc", &[BODY, b".", time.as_bytes()].concat());
        let header = format!("t={time},v1={}", HEXLOWER_PERMISSIVE.encode(&mac));
        assert_eq!(verify(&header), Err(Forgery::Malformed), "{time}");
    }
    let mac = signature::sign(b"whsec_noren_bpc", &[BODY, format!(".{}", i64::MAX).as_bytes()].concat());
    assert_eq!(verify(&format!("t={},v1={}", i64::MAX, HEXLOWER_PERMISSIVE.encode(&mac))), Err(Forgery::Stale));
}

/// Both orders are accepted, so a dot within a body must not become the one before or after a time.
#[test]
fn what_was_signed_in_one_order_says_nothing_in_the_other() {
    for (signed, time, body) in [
        (r#"{"a":"1.5"}.1795249805"#, r#"{"a":"1"#, r#"5"}.1795249805"#),
        (r#"1795249805.{"a":"1.5"}"#, r#"5"}"#, r#"1795249805.{"a":"1"#),
    ] {
        let mac = HEXLOWER_PERMISSIVE.encode(&signature::sign(b"whsec_noren_bpc", signed.as_bytes()));
        let header = format!("t={time},v1={mac}");
        let bpc = sandbox(&["whsec_noren_bpc"]);
        let verified = testing::verify(&bpc, &[("X-Signature", &header)], body.as_bytes(), NOW);
        assert_eq!(verified, Err(Forgery::Malformed), "{signed}");
    }
}

#[test]
fn no_body_and_no_header_however_mangled_is_more_than_refused() {
    let bpc = sandbox(&["whsec_noren_bpc"]);
    for body in testing::almost(BODY) {
        drop(bpc.read(&body));
    }
    let right = format!("t=1795249805,v1={BY_NEW}");
    for header in testing::almost(right.as_bytes()) {
        let header = String::from_utf8_lossy(&header).replace(char::is_control, "");
        let accepted = testing::verify(&bpc, &[("X-Signature", &header)], BODY, NOW).is_ok();
        assert!(!accepted || header.trim().to_lowercase().starts_with(&right), "{header}");
    }
}

fn event(kind: &str, change: impl FnOnce(&mut Value)) -> Notice {
    let mut event: Value = serde_json::from_slice(BODY).unwrap();
    event["type"] = json!(kind);
    change(&mut event["data"]["object"]);
    sandbox(&[]).read(event.to_string().as_bytes()).unwrap()
}

fn told(notice: Notice) -> Standing {
    match notice.news {
        News::Standing(standing) => standing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_completed_session_is_paid_with_its_amount_whatever_the_case_of_its_currency() {
    let notice = sandbox(&[]).read(BODY).unwrap();
    assert_eq!(notice.subject, Some(Subject::Session(SESSION.to_owned())));
    let standing = told(notice);
    assert_eq!((standing.stage, standing.reference.as_deref()), (Stage::Paid, Some("attempt00000001")));
    assert_eq!(standing.covers, Some(Money::new(435, Currency::Eur)));
    assert_eq!(standing.charged, Some(Charge { minor: 435, currency: "EUR".into() }));
    let naming = |payments: Value| told(event("session.completed", |session| session["payments"] = payments)).payment;
    assert_eq!((standing.payment, naming(json!([{ "id": "a" }]))), (None, Some("a".to_owned())));
    assert_eq!(naming(json!([{ "id": "a" }, { "id": "b" }])), None, "nobody says which of several was the one");
    let dollars = told(event("session.completed", |session| session["currency"] = json!("usd")));
    assert_eq!((dollars.covers, dollars.charged.unwrap().currency.as_str()), (None, "USD"));
}

#[test]
fn the_payments_status_decides_and_not_that_the_session_is_completed() {
    let of = |kind: &str, status: &str, payment_status: Value| {
        told(event(kind, |session| {
            session["status"] = json!(status);
            session["paymentStatus"] = payment_status;
        }))
        .stage
    };
    assert_eq!(of("session.completed", "completed", json!("PAID")), Stage::Paid);
    assert_eq!(of("session.completed", "completed", json!("unpaid")), Stage::Pending);
    assert_eq!(of("session.expired", "expired", json!("unpaid")), Stage::Expired);
    assert_eq!(of("session.expired", "open", json!("unpaid")), Stage::Expired);
    assert_eq!(of("session.expired", "expired", json!("paid")), Stage::Paid, "money is stronger");
    let back = told(event("session.completed", |session| session["paymentStatus"] = json!("refunded")));
    assert_eq!((back.stage, back.refunded), (Stage::Paid, true));
}

/// "The online store waits for session.completed": no value of `paymentStatus` but `unpaid` is documented.
#[test]
fn a_completed_session_with_no_status_or_an_unheard_of_one_is_left_to_the_look_up() {
    for status in [Value::Null, json!("funded")] {
        let standing = told(event("session.completed", |session| session["paymentStatus"] = status.clone()));
        assert_eq!((standing.stage, standing.covers), (Stage::Paid, None), "{status}");
    }
}

#[test]
fn a_payment_adds_a_decline_and_its_own_name_and_cannot_be_placed_without_a_session_or_a_reference() {
    let of = |kind: &str, object: Value| event(kind, |payment| *payment = object);
    for (kind, stage) in [
        ("payment.succeeded", Stage::Paid),
        ("payment.funded", Stage::Paid),
        ("payment.amountCapturableUpdated", Stage::Authorised),
        ("payment.failed", Stage::Declined),
        ("payment.canceled", Stage::Declined),
    ] {
        let notice = of(kind, json!({ "id": "pay_1", "sessionId": SESSION, "amount": 435, "surprise": [] }));
        assert_eq!(notice.subject, Some(Subject::Session(SESSION.to_owned())));
        let expected = Standing { payment: Some("pay_1".into()), ..Standing::only(stage) };
        assert_eq!(told(notice), expected, "{kind}");
    }
    let by_reference = of("payment.failed", json!({ "id": "pay_1", "merchantReferenceId": "attempt00000001" }));
    assert_eq!(by_reference.subject, Some(Subject::Attempt("attempt00000001".to_owned())));
    for (kind, object) in [
        ("payment.succeeded", json!({ "id": "pay_1" })),
        ("payment.created", json!({ "id": "pay_1", "sessionId": SESSION })),
        ("paymentMethod.created", json!({ "id": "pm_1" })),
        ("of_the_future", json!(null)),
    ] {
        assert_eq!(of(kind, object).news, News::Nothing, "{kind}");
    }
    assert_eq!(event("session.created", |_| {}).news, News::Nothing);
}

#[test]
fn a_refund_is_counted_under_its_own_name_unless_it_failed() {
    let of = |status: &str| {
        let refund = json!({ "id": "re_1", "amount": 135, "currency": "eur", "paymentId": "pay_1", "status": status });
        event("refund.succeeded", |object| *object = refund)
    };
    let amount = Charge { minor: 135, currency: "EUR".into() };
    let made_by = MadeBy::Unsaid;
    let expected = News::Refunds(vec![Refunded { id: "re_1".into(), amount, chargeback: false, made_by }]);
    assert_eq!((of("succeeded").subject, of("succeeded").news), (Some(Subject::Payment("pay_1".into())), expected));
    assert_eq!(of("FAILED").news, News::Nothing);
}

#[test]
fn a_retry_is_the_same_event_and_a_second_failed_try_is_another() {
    let key = |kind: &str, created: &str| {
        let object = json!({ "id": "pay_1", "sessionId": SESSION });
        let body = json!({ "type": kind, "created": created, "data": { "object": object }, "attempt": 2 });
        sandbox(&[]).read(body.to_string().as_bytes()).unwrap().dedupe_key
    };
    let first = key("payment.failed", "2026-11-21T08:30:05Z");
    assert_eq!(first, key("payment.failed", "2026-11-21T08:30:05Z"));
    assert_ne!(first, key("payment.failed", "2026-11-21T08:31:40Z"));
    assert_ne!(first, key("payment.canceled", "2026-11-21T08:30:05Z"));
}

#[test]
fn what_is_missing_is_named() {
    for missing in ["id", "amount", "currency", "status"] {
        let mut body: Value = serde_json::from_slice(BODY).unwrap();
        body["data"]["object"].as_object_mut().unwrap().remove(missing);
        let error = sandbox(&[]).read(body.to_string().as_bytes()).unwrap_err();
        assert!(error.0.contains(missing), "{missing}: {error}");
    }
    for body in ["", "[]", r#"{"type":"session.completed"}"#, r#"{"data":{"object":{}}}"#] {
        assert!(sandbox(&[]).read(body.as_bytes()).is_err(), "{body}");
    }
}
