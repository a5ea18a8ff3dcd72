//! Makes the corpus anew, from what the simulator really sends:
//! `cargo test --test integration collect_the_corpus -- --ignored`.

use super::folder;
use crate::shop::{TestOrder, TestShop, opening};
use crate::tills::Till;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use data_encoding::BASE64;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Heard(Mutex<Vec<(String, String, Vec<u8>)>>);

/// Writes down what comes: whose it is, its headers that matter, its body.
async fn listen(State(heard): State<Arc<Heard>>, Path(whose): Path<String>, headers: HeaderMap, body: Bytes) {
    let signs = |name: &str| name.contains("signature") || name.contains("timestamp");
    let lines = headers.iter().filter(|(name, _)| signs(name.as_str()));
    let lines: String = lines.map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect();
    heard.0.lock().unwrap().push((whose, lines, body.to_vec()));
}

#[tokio::test]
#[ignore = "it writes fuzz/corpus and fuzz/keys.env"]
async fn collect_the_corpus() {
    let heard = Arc::new(Heard::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/{whose}", axum::routing::post(listen)).with_state(Arc::clone(&heard));
    tokio::spawn(axum::serve(listener, router).into_future());
    for dialect in ["v1", "v2"] {
        let shop = TestShop::open_with(&[("STABLEMINT_DIALECT", dialect)]).await;
        for till in Till::ALL {
            shop.control("deliveries", json!({ "url": format!("{url}/{}", till.code()), "provider": till.code() }))
                .await;
            live(till, &shop).await;
        }
        shop.control("ping", json!({})).await;
        for (path, body) in
            [("settlements", json!({ "seller": "kiln-kumo" })), ("sellers/kiln-kumo/decline", json!({}))]
        {
            shop.control(&format!("komoju/{path}"), body).await;
        }
        until_all_is_sent(&shop).await;
    }
    write(&heard.0.lock().unwrap());
    write_keys().await;
}

/// Whatever a provider tells of in the life of its sessions.
async fn live(till: Till, shop: &TestShop) {
    let paid = till.order(shop).await;
    till.pay(shop, &paid).await;
    if till != Till::Stablemint {
        let declined = till.order(shop).await;
        till.decline(shop, &declined).await;
        for amount in [json!({ "amount": 100 }), json!({})] {
            act(till, shop, &paid, "refund", amount).await;
        }
        let left = till.order(shop).await;
        act(till, shop, &left, "expire", json!({})).await;
    }
    if till == Till::Komoju {
        let slip = shop.order(&[(crate::tills::GOODS, 1)], "konbini").await;
        shop.issue_slip(&slip).await;
    }
}

async fn act(till: Till, shop: &TestShop, order: &TestOrder, action: &str, body: Value) {
    let path = match (till, action) {
        (Till::Komoju, "refund") => format!("payments/{}/refund", shop.payment_of(order).await),
        _ => format!("{}/{}/{action}", till.code(), order.session),
    };
    // Not every provider has every action.
    let _ = shop.http.post(format!("{}/control/{path}", shop.simulator)).json(&body).send().await.unwrap();
}

async fn until_all_is_sent(shop: &TestShop) {
    for _ in 0..200 {
        let state = shop.simulated().await;
        if state["deliveries"].as_array().unwrap().iter().all(|delivery| delivery["state"] != "waiting") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{:#}", shop.simulated().await["deliveries"]);
}

fn write(heard: &[(String, String, Vec<u8>)]) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let mut kinds = BTreeSet::new();
    for (whose, lines, body) in heard {
        let json: Value = serde_json::from_slice(body).unwrap();
        let names = ["type", "event", "eventType", "notificationType"];
        let kind = names.into_iter().find_map(|name| json[name].as_str().or_else(|| json["data"][name].as_str()));
        let kind = kind.unwrap_or("nameless").to_owned();
        if !kinds.insert((whose, kind.clone())) {
            continue;
        }
        put(&format!("{whose}_webhook"), &kind, body);
        if kinds.iter().filter(|(known, _)| *known == whose).count() <= 3 {
            let head = format!("now {now}\n{lines}\n");
            put(&format!("{whose}_signature"), &kind, &[head.as_bytes(), body].concat());
        }
    }
}

fn put(target: &str, name: &str, bytes: &[u8]) {
    std::fs::create_dir_all(folder(target)).unwrap();
    std::fs::write(folder(target).join(name), bytes).unwrap();
}

async fn write_keys() {
    let keys = opening::setup("").await;
    let private = &keys.stablemint.webhook_private_keys;
    let public = |key: &String| {
        let key = rsa::RsaPrivateKey::from_pkcs8_der(&BASE64.decode(key.as_bytes()).unwrap()).unwrap();
        BASE64.encode(key.to_public_key().to_public_key_der().unwrap().as_bytes())
    };
    let public: Vec<String> = private.iter().map(public).collect();
    let text = format!(
        "KOMOJU_SECRET_KEY=key\nKOMOJU_WEBHOOK_SECRETS={}\nDOJO_API_KEY=key\nDOJO_WEBHOOK_SECRETS={}\nBPC_API_KEY=key\n\
         BPC_WEBHOOK_SECRETS={}\nSTABLEMINT_API_KEY=key\nSTABLEMINT_API_SECRET=secret\nSTABLEMINT_PRIVATE_KEY={}\n\
         STABLEMINT_WEBHOOK_KEYS={}\n",
        keys.komoju.webhook_secrets.join(","),
        keys.dojo.webhook_secrets.join(","),
        keys.bpc.webhook_secrets.join(","),
        private[0],
        public.join(","),
    );
    std::fs::write(folder("").join("../keys.env"), &text).unwrap();
    put("settings", "complete", text.as_bytes());
    put("settings", "urls", b"PUBLIC_URL=https://shop.example/\nLISTEN=0.0.0.0:8080\nKOMOJU_SECRET_KEY=k\nKOMOJU_WEBHOOK_SECRETS= a, b ,\nKOMOJU_API_URL=http://127.0.0.1:4000/komoju\nBPC_WEBHOOK_MAX_AGE_SECONDS=60\n");
    put("rsa_key", "private", private[0].as_bytes());
    let armoured = |key: &str, what: &str| format!("-----BEGIN {what} KEY-----\n{key}\n-----END {what} KEY-----\n");
    put("rsa_key", "private.pem", armoured(&private[1], "PRIVATE").as_bytes());
    put("rsa_key", "public.pem", armoured(&public[0], "PUBLIC").as_bytes());
    put("rsa_key", "public-escaped", armoured(&public[1], "PUBLIC").replace('\n', "\\n").as_bytes());
    for (name, text) in [
        ("whole", "1100"),
        ("decimal", "4.35"),
        ("longer", "4.350"),
        ("power", "43.5E-1"),
        ("less", "-0.05"),
        ("most", "9223372036854775807"),
        ("text", "\"4.35\""),
    ] {
        put("amount", name, text.as_bytes());
    }
    for (name, text) in [
        ("komoju", "https://komoju.com/sessions/abc"),
        ("dojo", "https://pay.dojo.tech:443/checkout/pi_abc"),
        ("bpc", "https://dev.bpcbt.com/payment/ps_abc"),
        ("stablemint", "https://hosted.stablemint.io/?session=abc"),
        ("before-an-at", "https://komoju.com@elsewhere.example/"),
        ("elsewhere", "https://komoju.com.elsewhere.example/"),
        ("script", "javascript:alert(1)//https://komoju.com/"),
    ] {
        put("page_address", name, text.as_bytes());
    }
}
