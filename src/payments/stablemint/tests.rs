//! StableMint's quirks, each under its own name. The signatures were computed with openssl, with a key that was made for
//! these tests and thrown away: `printf '%s,%s' TIME "$(cat src/payments/stablemint/samples/reconciled.json)" |
//! openssl dgst -sha256 -sign KEY | base64`

use super::*;
use crate::payments::http::FUTURE_MS;
use crate::payments::signature::{RsaPrivateKey, RsaPublicKey};
use crate::payments::testing::{self, NOW};
use crate::payments::{Charge, News, Stage, Subject};
use data_encoding::{BASE64_NOPAD, BASE64URL, HEXLOWER};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;

const BODY: &[u8] = include_bytes!("samples/reconciled.json");
/// The other half of what signed the vectors below.
const STABLEMINTS: &str = include_str!("samples/stablemint.pub.pem");
/// The merchant's own, for these tests alone.
pub const MERCHANTS: &str = include_str!("samples/merchant.pem");
const TIME: &str = "2026-11-21T08:30:05Z";
const RIGHT: &str = "RAevxa8WwSfRJv71Y+qIN2UeoCunV28wLd9VYQmBeDD+jzXgmSTE1OGRmQVb3TDT9Lrrl5eNPh1H8vXg/X9oXf8jDCf+D9Ud+7Gl5qdE+xDulKah5RhCQlYee4i8XbikbSVOeKsCYABBbxLoDFPXCWyKBHom/wRUVmhCEVqVPG+xY/QTHaAkxLblHnfegeDnXTQWdJrpQQSI5FzwPung637ygXAves0dAA8dQxBrGU8gYxh+8WDefWNSDSbXt5lbUH31Apo58FFQorkIiV49ztDou1fIQPu0WXTsmQwELXM5grNJaPx1qT5OVFc11JgJXptyX1zO2xAXyyGc/xgDNQ==";
/// Over the body, a comma and the time.
const BODY_FIRST: &str = "SEzPZCpJLs7h61R+6gritDjWw3OneQeiPA0KuXAXf2kq3CUEI48nqrr3mUi8G54aI0XKCVDfwbXESaxe6QRGUeEJqVvbu5EkD5A8Y4IGnbnkcGjWoqqrL3Lj1laq9tzbNOx/h+ueK/NMrrnPnyRRr4fB3BUGxD3xV8JV1+JoFkSsbj/KQb2/GHYfAgdAEqX0csz3nv1nHJbf3YozgD+r9N//8NKyzyTZHnzjDD5XaQZURglnO2iLlizlt2EbWLkBzeQKS9ZLTV/2uK2mj7AD+9JrjUEEZA+FYtStKjDz4omolsgAyl5Knh3bp90TRtfYzj8qDZKylZtdcBy8qA/U9g==";
/// The right message with the other padding, PSS.
const PSS: &str = "MjprbS0371+DT8E+4oDOxSnI1rTvWuFDlJckqCd9e27EhZ5FFSbEZVQVqFyNYI3wH17ywxFazFV7Pl3InuOI0vCidx3ZxcooXlystzhyZ5kvSZv43Ksg/946d0bg1LBH1RLivIokRWYTrKVtMqqMloAW5fSL37ZOKqnlDCHdlAwRPEkeHsRP4gBQkdwVenu0rUL5WYVrvTzBpZNHkAuRSSpGiMeHJjghIRT+wkyUdEACw22QdG25N07IhfGudA/j7SaeZTNOAqi8zJvDgVa+CLNSs49gXYr4Howf0DiMg05VGrLdqU/1boIlcBYMt2fEqFC4H/090HE63h1HqN1f8Q==";
const HOUR_MS: i64 = 3_600_000;

pub fn stablemint(api_url: &str, dialect: Dialect) -> Stablemint {
    let private_key = RsaPrivateKey::read(MERCHANTS).unwrap();
    Stablemint::new(StablemintSettings {
        api_key: SecretString::from("key-1"),
        api_secret: SecretString::from("secret-1"),
        // The second of two: in a rotation either may sign. That it is the merchant's lets the tests sign with it.
        webhook_keys: vec![RsaPublicKey::read(STABLEMINTS).unwrap(), private_key.public_key()],
        private_key: Arc::new(private_key),
        private_key_text: SecretString::from(MERCHANTS),
        api_url: Url::parse(api_url).unwrap(),
        dialect,
        webhook_max_age_ms: 4 * HOUR_MS,
    })
}

fn sandbox() -> Stablemint {
    stablemint("https://paymentinitiationservice-rest.stablemint.net", Dialect::V1)
}

fn verify(stablemint: &Stablemint, time: &str, signature: &str) -> Result<(), Forgery> {
    let headers = [("StableMint-Timestamp", time), ("stablemint-signature", signature)];
    testing::verify(stablemint, &headers, BODY, NOW)
}

/// Signed by the second key.
fn signed(time: &str) -> String {
    let message = [time.as_bytes(), b",", BODY].concat();
    BASE64.encode(&RsaPrivateKey::read(MERCHANTS).unwrap().sign(&message))
}

#[test]
fn a_signature_that_openssl_computed_is_accepted_and_one_of_the_second_key() {
    assert_eq!(verify(&sandbox(), TIME, RIGHT), Ok(()));
    assert_eq!(verify(&sandbox(), TIME, &signed(TIME)), Ok(()));
    let with_offset = "2026-11-21T17:30:05.000+09:00";
    assert_eq!(verify(&sandbox(), with_offset, &signed(with_offset)), Ok(()));
}

#[test]
fn every_other_signature_is_refused_with_its_reason() {
    let stablemint = sandbox();
    let (time, signature) = (("StableMint-Timestamp", TIME), ("StableMint-Signature", RIGHT));
    let of = |headers: &[(&'static str, &str)]| testing::verify(&stablemint, headers, BODY, NOW);
    assert_eq!(
        (of(&[]), of(&[time]), of(&[signature])),
        (Err(Forgery::Missing), Err(Forgery::Missing), Err(Forgery::Missing))
    );
    assert_eq!(of(&[time, time, signature]), Err(Forgery::Several));
    assert_eq!(of(&[time, signature, signature]), Err(Forgery::Several));
    let bytes = BASE64.decode(RIGHT.as_bytes()).unwrap();
    for other in [BASE64_NOPAD.encode(&bytes), BASE64URL.encode(&bytes), format!("{RIGHT} "), "!".to_owned()] {
        assert_eq!(of(&[time, ("StableMint-Signature", &other)]), Err(Forgery::Malformed), "{other}");
    }
    for wrong in [HEXLOWER.encode(&bytes).as_str(), BODY_FIRST, PSS, "", &RIGHT[..340]] {
        assert_eq!(verify(&stablemint, TIME, wrong), Err(Forgery::Wrong), "{wrong}");
    }
    for same_moment in ["2026-11-21T08:30:05.000Z", "2026-11-21T08:30:05+00:00", ""] {
        assert_eq!(verify(&stablemint, same_moment, RIGHT), Err(Forgery::Wrong), "it is signed as text: {same_moment}");
    }
    let changed = [BODY, b"\n"].concat();
    assert_eq!(testing::verify(&stablemint, &[time, signature], &changed, NOW), Err(Forgery::Wrong));
    let mut merchants_only = sandbox();
    merchants_only.settings.webhook_keys.remove(0);
    assert_eq!(verify(&merchants_only, TIME, RIGHT), Err(Forgery::Wrong), "another key");
    merchants_only.settings.webhook_keys.clear();
    assert_eq!(verify(&merchants_only, TIME, RIGHT), Err(Forgery::Wrong), "no key verifies nothing");
}

#[test]
fn the_last_retry_is_in_time_with_its_first_signature_and_one_after_four_hours_is_stale() {
    let at = |now| {
        let headers = [("StableMint-Timestamp", TIME), ("StableMint-Signature", RIGHT)];
        testing::verify(&sandbox(), &headers, BODY, now)
    };
    assert_eq!(at(NOW + 195 * 60_000), Ok(()));
    assert_eq!(at(NOW + 4 * HOUR_MS), Ok(()));
    assert_eq!(at(NOW + 4 * HOUR_MS + 1), Err(Forgery::Stale));
    assert_eq!(at(NOW - FUTURE_MS), Ok(()));
    assert_eq!(at(NOW - FUTURE_MS - 1), Err(Forgery::Stale));
    for no_moment in ["1795249805", "1795249805000", "2026-11-21T08:30:05", "2026-11-21", "now"] {
        assert_eq!(verify(&sandbox(), no_moment, &signed(no_moment)), Err(Forgery::Malformed), "{no_moment}");
    }
}

#[test]
fn no_body_and_no_header_however_mangled_is_more_than_refused() {
    let stablemint = sandbox();
    for body in testing::almost(BODY) {
        drop(stablemint.read(&body));
    }
    for body in testing::almost(&enveloped("partner.customer.deposit.accepted", "4.35")) {
        drop(stablemint.read(&body));
    }
    for header in testing::almost(RIGHT.as_bytes()).take(500) {
        let header = String::from_utf8_lossy(&header).replace(char::is_control, "");
        assert_eq!(verify(&stablemint, TIME, &header).is_ok(), header == RIGHT, "{header}");
    }
}

fn flat(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut event: Value = serde_json::from_slice(BODY).unwrap();
    change(&mut event);
    serde_json::to_vec(&event).unwrap()
}

/// A body of the newest generation; the amount as it is to be written.
fn enveloped(kind: &str, amount: &str) -> Vec<u8> {
    let head = format!(r#"{{"eventId":"e_1","data":{{"eventType":"{kind}","timestamp":"{TIME}","amount":{amount},"#);
    let tail = r#""currency":"EUR","reference":"DEP-1","sessionId":"s_1","websiteReference":"attempt00000001"}}"#;
    format!("{head}{tail}").into_bytes()
}

fn told(body: &[u8]) -> Standing {
    match sandbox().read(body).unwrap().news {
        News::Standing(standing) => standing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reconciled_payment_is_paid_and_names_our_attempt_and_its_amount() {
    assert_eq!(sandbox().read(BODY).unwrap().subject, Some(Subject::Attempt("attempt00000001".to_owned())));
    let standing = told(BODY);
    assert_eq!((standing.stage, standing.payment.as_deref()), (Stage::Paid, Some("REF-NOREN-1")));
    assert_eq!(standing.reference.as_deref(), Some("attempt00000001"));
    assert_eq!(standing.covers, Some(Money::new(435, Currency::Eur)));
    assert_eq!(standing.charged, Some(Charge { minor: 435, currency: "EUR".into() }));
}

#[test]
fn every_generations_events_mean_the_same_flat_or_enveloped() {
    let deposit = |what: &str| format!("partner.customer.deposit.{what}");
    let mut events = vec![("InwardPaymentReconciled".to_owned(), Some(Stage::Paid))];
    events.push(("InwardPaymentFailed".to_owned(), Some(Stage::Declined)));
    events
        .extend(["created", "initiated", "submitted", "reconciled"].map(|what| (deposit(what), Some(Stage::Pending))));
    events.extend(["accepted", "completed"].map(|what| (deposit(what), Some(Stage::Paid))));
    events.extend([(deposit("failed"), Some(Stage::Declined)), (deposit("of_the_future"), None)]);
    for other in ["partner.customer.withdrawal.sent", "transaction.status.changed", "deposit.accepted", ""] {
        events.push((other.to_owned(), None));
    }
    for (kind, stage) in events {
        for body in [flat(|event| event["notificationType"] = json!(kind)), enveloped(&kind, "4.35")] {
            let notice = sandbox().read(&body).unwrap();
            assert_eq!(notice.event, kind);
            let seen = if let News::Standing(standing) = notice.news { Some(standing.stage) } else { None };
            assert_eq!(seen, stage, "{kind}");
        }
    }
}

#[test]
fn amounts_are_exact_as_numbers_and_as_text_and_a_tenth_of_a_cent_is_refused() {
    for (text, minor) in [("4.35", 435), ("0.1", 10), ("10", 1000), ("10.00", 1000), ("1e1", 1000)] {
        for written in [text.to_owned(), format!("\"{text}\"")] {
            let covers = told(&enveloped("partner.customer.deposit.accepted", &written)).covers;
            assert_eq!(covers, Some(Money::new(minor, Currency::Eur)), "{written}");
        }
    }
    for written in ["4.355", "\"4.355\"", "\"\"", "\"4,35\"", "true", "{}", "1e99", "null"] {
        assert!(sandbox().read(&enveloped("partner.customer.deposit.accepted", written)).is_err(), "{written}");
    }
    assert_eq!(told(&enveloped("partner.customer.deposit.created", "null")).stage, Stage::Pending, "no amount yet");
}

#[test]
fn a_currency_in_another_case_is_the_same_and_an_unknown_one_covers_nothing() {
    assert_eq!(told(&flat(|event| event["currency"] = json!("eur"))), told(BODY));
    let dollars = told(&flat(|event| event["currency"] = json!("usd")));
    assert_eq!((dollars.covers, dollars.charged), (None, Some(Charge { minor: 435, currency: "USD".into() })));
}

#[test]
fn our_own_reference_is_taken_first_then_the_idempotency_key_then_theirs() {
    let without = |missing: &[&str]| {
        let mut body: Value = serde_json::from_slice(&enveloped("partner.customer.deposit.failed", "4.35")).unwrap();
        body["data"]["idempotencyKey"] = json!("attempt00000001");
        missing.iter().for_each(|name| body["data"][*name] = Value::Null);
        sandbox().read(body.to_string().as_bytes()).unwrap().subject
    };
    let ours = Some(Subject::Attempt("attempt00000001".to_owned()));
    assert_eq!((without(&[]), without(&["websiteReference"])), (ours.clone(), ours));
    let references = ["websiteReference", "idempotencyKey", "reference"];
    assert_eq!(without(&references[..2]), Some(Subject::Session("DEP-1".to_owned())));
    assert_eq!(without(&references), None);
}

#[test]
fn an_event_is_known_by_its_id_or_by_its_bytes() {
    let key = |body: &[u8]| sandbox().read(body).unwrap().dedupe_key;
    assert_eq!(key(&enveloped("partner.customer.deposit.accepted", "4.35")), "e_1");
    assert_eq!(key(BODY), key(BODY));
    assert_ne!(key(BODY), key(&flat(|event| event["paymentReference"] = json!("REF-NOREN-2"))));
}
