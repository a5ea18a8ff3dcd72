//! What StableMint is asked, on the wire, and what the checkout may offer and follow.

use super::tests::{MERCHANTS, stablemint};
use super::*;
use crate::payments::checkout::opening::allowed;
use crate::payments::signature::{RsaPrivateKey, RsaPublicKey};
use crate::payments::testing::{Asked, NOW, RETURN_URL, StandIn, open};
use serde_json::json;

const PRODUCTION: &str = "https://paymentinitiationservice-rest.stablemint.io";
const SANDBOX: &str = "https://paymentinitiationservice-rest.stablemint.net";
const PAGE_URL: &str = "https://checkout.stablemint.net/s/1";

fn public() -> RsaPublicKey {
    RsaPrivateKey::read(MERCHANTS).unwrap().public_key()
}

fn euro(cents: i64) -> Money {
    Money::new(cents, Currency::Eur)
}

fn session(expires_at: Value) -> (u16, Value) {
    (200, json!({ "url": PAGE_URL, "expiresAt": expires_at, "reference": "DEP-1", "surprise": [] }))
}

/// The one request that opening a page of this amount sends.
async fn asked(dialect: Dialect, cents: i64) -> Asked {
    let stand_in = StandIn::answering([session(json!(0))]).await;
    open(&stablemint(stand_in.url.as_str(), dialect), euro(cents), false).await.unwrap();
    let mut asked = stand_in.asked();
    assert_eq!(asked.len(), 1);
    asked.remove(0)
}

fn is_signed(message: &str, signature: &str) -> bool {
    public().verifies(message.as_bytes(), &BASE64.decode(signature.as_bytes()).unwrap())
}

#[tokio::test]
async fn the_first_dialect_signs_milliseconds_the_secret_and_the_user() {
    let asked = asked(Dialect::V1, 435).await;
    assert_eq!(asked.line(), "POST /session/hosted");
    assert_eq!((asked.header("api_key"), asked.header("timestamp")), ("key-1", "1795249805000"));
    let user = asked.json()["userId"].as_str().unwrap().to_owned();
    assert!(is_signed(&format!("1795249805000,secret-1,{user}"), asked.header("signature")));
    for name in ["apikey", "authorization"] {
        assert_eq!(asked.header(name), "", "{name}");
    }
}

#[tokio::test]
async fn the_second_dialect_signs_seconds_the_secret_and_the_body_as_it_is_sent() {
    let asked = asked(Dialect::V2, 435).await;
    assert_eq!(asked.line(), "POST /session/hosted/partner-managed-customer");
    assert_eq!((asked.header("ApiKey"), asked.header("Timestamp")), ("key-1", "1795249805"));
    let body = str::from_utf8(&asked.body).unwrap();
    assert!(is_signed(&format!("1795249805,secret-1,{body}"), asked.header("Signature")));
    assert_eq!(asked.header("api_key"), "");
}

#[tokio::test]
async fn both_dialects_send_the_same_fields_and_never_the_secret() {
    for dialect in [Dialect::V1, Dialect::V2] {
        let asked = asked(dialect, 435).await;
        assert_eq!(asked.header("content-type"), "application/json");
        let mut body = asked.json();
        let user = body["userId"].take();
        assert_eq!(user.as_str().unwrap().len(), 64, "a fingerprint, which says nothing of the person");
        let expected = json!({
            "userId": null,
            "userEmail": "Mie@shop.example",
            "userCountryCode": "DE",
            "currency": "EUR",
            "amount": 4.35,
            "successUrl": format!("{RETURN_URL}?back=success"),
            "supportUrl": format!("{RETURN_URL}/support"),
            "exitUrl": format!("{RETURN_URL}?back=exit"),
            "errorUrl": format!("{RETURN_URL}?back=error"),
            "idempotencyKey": "attempt00000001",
            "websiteReference": "attempt00000001",
            "customFields": { "order": "order00000000001" },
        });
        assert_eq!(body, expected);
        let headers: Vec<&str> = asked.headers.values().filter_map(|value| value.to_str().ok()).collect();
        assert!(!String::from_utf8_lossy(&asked.body).contains("secret-1") && !headers.join(" ").contains("secret-1"));
    }
}

#[tokio::test]
async fn an_amount_is_written_as_the_bare_decimal_number_that_it_is() {
    for (cents, written) in [(435, "4.35"), (10, "0.10"), (1000, "10.00"), (30, "0.30"), (1001, "10.01")] {
        let asked = asked(Dialect::V1, cents).await;
        let body = str::from_utf8(&asked.body).unwrap().to_owned();
        assert!(body.contains(&format!(r#""amount":{written},"#)), "{body}");
    }
}

#[test]
fn the_same_person_has_the_same_name_however_the_address_is_written() {
    assert_eq!(user("s", "Mie@shop.example"), user("s", "mie@SHOP.example"));
    assert_ne!(user("s", "mie@shop.example"), user("s", "mia@shop.example"));
}

#[tokio::test]
async fn a_page_ends_when_stablemint_says_in_whatever_unit_and_opens_even_if_that_cannot_be_read() {
    for (expires_at, expected) in [
        (json!(NOW / 1000 + 1800), Some(NOW + 1_800_000)),
        (json!(NOW + 1_800_000), Some(NOW + 1_800_000)),
        (json!("2026-11-21T09:00:05Z"), Some(NOW + 1_800_000)),
        (Value::Null, None),
        (json!(0), None),
        (json!(1_795_251_605.5), None),
        (json!("soon"), None),
    ] {
        let stand_in = StandIn::answering([session(expires_at.clone())]).await;
        let page = open(&stablemint(stand_in.url.as_str(), Dialect::V1), euro(435), false).await.unwrap();
        let opened = OpenedPage { session: "DEP-1".into(), page_url: PAGE_URL.into(), expires_at: expected };
        assert_eq!(page, opened, "{expires_at}");
    }
}

#[tokio::test]
async fn a_refusal_is_known_by_its_status_and_a_lost_first_answer_ends_the_attempt() {
    let answers =
        [(400, json!({ "error": "Mie" })), (401, json!("")), (409, json!({})), (429, json!({})), (200, json!({}))];
    let stand_in = StandIn::answering(answers).await;
    let stablemint = stablemint(stand_in.url.as_str(), Dialect::V1);
    for status in [400, 401] {
        let error = open(&stablemint, euro(435), false).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the provider refused: {status} without a code"));
    }
    assert!(matches!(open(&stablemint, euro(435), true).await, Err(ProviderError::Failing { status: 409 })));
    assert!(matches!(open(&stablemint, euro(435), true).await, Err(ProviderError::Unreachable { .. })));
    let error = open(&stablemint, euro(435), true).await.unwrap_err();
    assert!(matches!(&error, ProviderError::Unintelligible { cause } if cause.contains("url")), "{error}");
}

#[tokio::test]
async fn what_the_api_does_not_offer_is_not_tried() {
    let stand_in = StandIn::answering([]).await;
    let stablemint = stablemint(stand_in.url.as_str(), Dialect::V2);
    assert!(matches!(stablemint.look_up("DEP-1").await, Err(ProviderError::NotOffered)));
    assert!(matches!(stablemint.cancel("DEP-1").await, Err(ProviderError::NotOffered)));
    assert!(matches!(stablemint.capture("DEP-1", euro(435)).await, Err(ProviderError::NotOffered)));
    assert!(matches!(stablemint.refund("DEP-1", euro(435), "r").await, Err(ProviderError::NotOffered)));
    assert!(stand_in.asked().is_empty());
}

#[test]
fn the_sandbox_takes_from_ten_cents_to_ten_euros_and_says_so() {
    let reason = |api_url: &str, cents: i64| {
        let mut methods = stablemint(api_url, Dialect::V1).methods(Market::Europe, euro(cents));
        assert_eq!((methods.len(), methods[0].code), (1, "bank_transfer"));
        methods.remove(0).unavailable
    };
    for outside in [9, 1001] {
        let said = reason(SANDBOX, outside).unwrap();
        assert!(said.contains("€0.10") && said.contains("€10.00"), "{said}");
        assert!(reason("http://127.0.0.1:4000/stablemint", outside).is_some(), "the simulator is as narrow");
        assert_eq!(reason(PRODUCTION, outside), None);
    }
    for within in [10, 435, 1000] {
        assert_eq!(reason(SANDBOX, within), None, "{within}");
    }
    for market in [Market::Japan, Market::Britain] {
        let price = Money::new(435, market.currency());
        assert!(stablemint(PRODUCTION, Dialect::V1).methods(market, price).is_empty(), "{market:?}");
    }
}

#[test]
fn the_browser_is_sent_below_stablemints_own_domain_and_nowhere_that_looks_alike() {
    let (production, sandbox) = (stablemint(PRODUCTION, Dialect::V1), stablemint(SANDBOX, Dialect::V1));
    for host in ["checkout.stablemint", "a.b.stablemint"] {
        assert!(allowed(&production, &format!("https://{host}.io/s/1")), "{host}");
        assert!(allowed(&sandbox, &format!("https://{host}.net:443/s/1")), "{host}");
    }
    for page in [
        PAGE_URL,
        "http://checkout.stablemint.io/s/1",
        "https://stablemint.io/s/1",
        "https://evilstablemint.io/s/1",
        "https://checkout.stablemint.io.evil.example/s/1",
        "https://checkout.stablemint.io@evil.example/s/1",
        "https://user@checkout.stablemint.io/s/1",
        "https://checkout.stablemint.io:8443/s/1",
        "https://checkout.stablemint.io.:443/s/1",
        "https://evil.example/.stablemint.io",
        "https://evil.example?.stablemint.io",
        "https://evil.example\\.stablemint.io",
        "",
    ] {
        assert!(!allowed(&production, page), "{page}");
    }
    let simulated = stablemint("http://127.0.0.1:4000/stablemint", Dialect::V1);
    assert!(allowed(&simulated, "http://127.0.0.1:4000/stablemint/pay/1"));
    assert!(!allowed(&simulated, PAGE_URL));
    let look_alike = stablemint("https://api.notstablemint.io", Dialect::V1);
    assert!(!allowed(&look_alike, "https://checkout.stablemint.io/s/1") && look_alike.is_sandbox());
}
