//! Who may call, and what makes a session.

use super::{ERROR, KEY, SECRET, asked, keys, refused};
use crate::payments::signature::RsaPrivateKey;
use crate::simulator::stablemint::model::Dialect::{self, V1, V2};
use crate::simulator::tests::{Bench, Told, request};
use axum::http::StatusCode;
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The moment at which openssl signed.
async fn at_the_vectors_time(bench: &Bench) {
    let away_ms = 1_764_000_000_000 - bench.app.now();
    bench.control("clock", json!({"forward_seconds": away_ms / 1_000})).await;
}

async fn call(bench: &Bench, dialect: Dialect, headers: &[(&str, &str)], body: &str) -> Told {
    let path = if dialect == V1 { "hosted" } else { "hosted/partner-managed-customer" };
    let mut all = vec![("content-type", "application/json")];
    all.extend(headers);
    bench.tell(request("POST", &format!("/stablemint/session/{path}"), &all, body)).await
}

#[tokio::test]
async fn a_request_that_openssl_signed_is_taken_in_either_dialect() {
    let bench = Bench::new().await;
    at_the_vectors_time(&bench).await;
    let first = [("signature", keys::FIRST), ("timestamp", "1764000000000"), ("api_key", KEY)];
    let second = [("Signature", keys::SECOND), ("Timestamp", "1764000000"), ("ApiKey", KEY)];
    for (dialect, headers) in [(V1, first), (V2, second)] {
        let told = call(&bench, dialect, &headers, keys::BODY).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        let places = ["url", "expiresAt", "reference"].map(|field| told.text.find(&format!("\"{field}\":")).unwrap());
        assert!(places.is_sorted());
        let made = told.json();
        let reference = made["reference"].as_str().unwrap();
        assert_eq!(made["url"], format!("http://127.0.0.1:4000/stablemint/checkout/{reference}"));
        let expires_at = made["expiresAt"].as_i64().unwrap();
        let milliseconds = if dialect == V1 { expires_at } else { expires_at * 1_000 };
        assert_eq!(milliseconds / 60_000, 1_764_000_000_000 / 60_000 + 30);
    }
}

#[tokio::test]
async fn a_request_without_the_right_key_time_or_signature_is_refused() {
    let bench = Bench::new().await;
    at_the_vectors_time(&bench).await;
    let other_body = keys::BODY.replace("9.99", "1.00");
    let other_user = keys::BODY.replace("u_7", "u_8");
    let good = [("signature", keys::FIRST), ("timestamp", "1764000000000"), ("api_key", KEY)];
    let with = |place: usize, header| {
        let mut headers = good;
        headers[place] = header;
        headers
    };
    let hash = Sha256::digest(format!("1764000000000,{SECRET},u_7"));
    let key = RsaPrivateKey::read(keys::MERCHANT).unwrap();
    let (bare, of_hex) = (HEXLOWER.encode(&hash), BASE64.encode(&key.sign(HEXLOWER.encode(&hash).as_bytes())));
    let foreign = RsaPrivateKey::read(keys::PROVIDER).unwrap().sign(format!("1764000000000,{SECRET},u_7").as_bytes());
    let foreign = BASE64.encode(&foreign);
    for (headers, body) in [
        (with(2, ("api_key", "another")), keys::BODY),
        (with(2, ("x-api-key", KEY)), keys::BODY),
        (with(1, ("timestamp", "1764000000001")), keys::BODY),
        (with(1, ("timestamp", "1764000000")), keys::BODY),
        (with(1, ("time", "1764000000000")), keys::BODY),
        (with(0, ("signature", "")), keys::BODY),
        (with(0, ("signature", &bare)), keys::BODY),
        (with(0, ("signature", &of_hex)), keys::BODY),
        (with(0, ("signature", &foreign)), keys::BODY),
        (good, &other_user),
    ] {
        refused(&call(&bench, V1, &headers, body).await, 401, "");
    }
    // The first dialect does not sign the body, which is its weakness; the second does.
    assert_eq!(call(&bench, V1, &good, &other_body).await.status, StatusCode::OK);
    let second = [("Signature", keys::SECOND), ("Timestamp", "1764000000"), ("ApiKey", KEY)];
    refused(&call(&bench, V2, &second, &other_body).await, 401, "");
    let first_in_second = [("Signature", keys::SECOND), ("Timestamp", "1764000000"), ("api_key", KEY)];
    refused(&call(&bench, V2, &first_in_second, keys::BODY).await, 401, "");
    bench.control("clock", json!({"forward_seconds": 301})).await;
    refused(&call(&bench, V1, &good, keys::BODY).await, 401, "");
}

#[tokio::test]
async fn what_the_documentation_requires_is_required() {
    let bench = Bench::new().await;
    for (field, value) in [
        ("userId", json!(null)),
        ("userEmail", json!("nobody")),
        ("userCountryCode", json!("Belgium")),
        ("userCountryCode", json!("be")),
        ("currency", json!("JPY")),
        ("currency", json!("eur")),
        ("amount", json!(null)),
        ("amount", json!("9.99")),
        ("amount", json!(true)),
        ("amount", json!(0.09)),
        ("amount", json!(10.01)),
        ("amount", json!(-1)),
        ("amount", json!(1.005)),
        ("successUrl", json!(null)),
        ("supportUrl", json!("/help")),
        ("exitUrl", json!("javascript:alert(1)")),
        ("errorUrl", json!(7)),
        ("websiteReference", json!(7)),
        ("customFields", json!(["a"])),
        ("userKyc", json!("text")),
    ] {
        let body = asked(json!({ field: value })).to_string();
        refused(&bench.stablemint(V2, &body).await, 400, field);
    }
    for (name, value) in [("dateOfBirth", json!("1.2.1990")), ("fullName", json!(7))] {
        let body = asked(json!({"userKyc": { name: value }})).to_string();
        refused(&bench.stablemint(V1, &body).await, 400, &format!("userKyc.{name}"));
    }
    refused(&bench.stablemint(V2, "[]").await, 400, "");
    refused(&bench.stablemint(V1, "no json").await, 400, "");
    let unknown = bench.tell(request("POST", "/stablemint/session/embedded", &[], "")).await;
    refused(&unknown, 404, "");
}

#[tokio::test]
async fn an_amount_is_kept_to_the_cent_however_it_is_written() {
    let bench = Bench::new().await;
    for (written, amount) in [("0.1", "0.10"), ("10", "10.00"), ("1e1", "10.00"), ("8.10", "8.10"), ("0.29", "0.29")] {
        let body = asked(json!({})).to_string().replace("9.99", written);
        let reference = bench.stablemint(V2, &body).await.json()["reference"].clone();
        let newest = bench.get("/control/state").await.json()["stablemint"]["sessions"][0].clone();
        assert_eq!((&newest["reference"], &newest["amount"]), (&reference, &json!(amount)), "{written}");
        bench.press(reference.as_str().unwrap(), "pay").await;
        let (_, webhook) = bench.stablemint_webhooks().await.pop().unwrap();
        assert!(webhook.contains(&format!("\"amount\":{amount},")), "{webhook}");
    }
}

#[tokio::test]
async fn an_idempotency_key_makes_one_session_and_only_for_the_same_request() {
    let bench = Bench::new().await;
    let body = asked(json!({"idempotencyKey": "k1"})).to_string();
    let first = bench.stablemint(V1, &body).await;
    assert_eq!(bench.stablemint(V1, &body).await.text, first.text);
    let other = asked(json!({"idempotencyKey": "k1", "amount": 1.00})).to_string();
    refused(&bench.stablemint(V1, &other).await, 409, "");
    assert_eq!(bench.app.read(|state| state.stablemint.sessions.len()), 1);
    bench.control("clock", json!({"forward_seconds": 86_400})).await;
    assert_eq!(bench.stablemint(V1, &other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn keys_are_read_as_pem_or_base64_and_what_is_none_is_refused_without_being_shown() {
    use crate::simulator::StablemintKeys;
    use crate::simulator::stablemint::StableMint;
    let taken = |private_key: &str| {
        let mut stablemint = StableMint::default();
        let keys = StablemintKeys { private_key: Some(private_key.to_owned()), ..super::given_keys() };
        stablemint.take_keys(keys).map(|()| stablemint.access("http://127.0.0.1:4000"))
    };
    let pkcs8: String = keys::MERCHANT.lines().filter(|line| !line.starts_with("-----")).collect();
    for text in [keys::MERCHANT, keys::MERCHANT_PKCS1, &pkcs8, &keys::MERCHANT.replace('\n', "\\n")] {
        let access = taken(text).unwrap();
        assert_eq!((&access.private_key, &access.webhook_keys), (&pkcs8, &vec![keys::PROVIDER_PUBLIC.to_owned()]));
    }
    for text in ["secret words", keys::PROVIDER_PUBLIC] {
        let error = taken(text).err().unwrap().to_string();
        assert!(error.contains("private key") && !error.contains(text), "{error}");
    }
}

#[tokio::test]
async fn keys_that_were_made_are_kept_and_work() {
    use crate::simulator::StablemintKeys;
    use crate::simulator::stablemint::StableMint;
    let mut first = StableMint::default();
    first.take_keys(StablemintKeys::default()).unwrap();
    let mut second: StableMint = serde_json::from_value(serde_json::to_value(&first).unwrap()).unwrap();
    second.take_keys(StablemintKeys::default()).unwrap();
    let (one, two) = (first.access(""), second.access(""));
    assert_eq!((&one.private_key, &one.webhook_keys), (&two.private_key, &two.webhook_keys));
    assert_ne!(one.private_key, one.webhook_private_keys[0]);
    let public = crate::payments::signature::RsaPublicKey::read(&one.webhook_keys[0]).unwrap();
    let private = RsaPrivateKey::read(&one.webhook_private_keys[0]).unwrap();
    assert!(public.verifies(b"text", &private.sign(b"text")));
}

#[tokio::test]
async fn a_planned_answer_and_the_page_for_people_know_this_provider() {
    let bench = Bench::new().await;
    let fault = json!({"provider": "stablemint", "path": "session/hosted", "status": 503});
    bench.control("answers", json!({"next": [fault]})).await;
    assert_eq!(bench.stablemint(V1, &asked(json!({})).to_string()).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let reference = bench.open_stablemint(V1, json!({"websiteReference": "<b>7</b>"})).await;
    let page = bench.get("/").await.text;
    assert!(page.contains(KEY) && page.contains("&lt;b&gt;7&lt;/b&gt;") && !page.contains("<b>7"));
    assert!(page.contains(keys::PROVIDER_PUBLIC) && !page.contains(&keys::MERCHANT[40..90]));
    bench.submit(&format!("/actions/stablemint/{reference}/expire"), "").await;
    assert_eq!(bench.get(&format!("/stablemint/checkout/{reference}")).await.location(), ERROR);
    bench.submit(&format!("/actions/stablemint/{reference}/confirm"), "").await;
    assert_eq!(bench.stablemint_status(&reference).await, "paid");
    assert_eq!(bench.post("/control/stablemint/DEP1/fail", &[], "{}").await.status, StatusCode::NOT_FOUND);
    bench.control("reset", json!({})).await;
    assert_eq!(bench.get("/control/state").await.json()["stablemint"]["sessions"], Value::Array(Vec::new()));
    assert_eq!(bench.stablemint(V2, &asked(json!({})).to_string()).await.status, StatusCode::OK);
}
