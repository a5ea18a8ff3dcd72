//! The headers of every kind of answer, and the scripts of every page.

use super::{Answer, ask, door, form, get};
use crate::shop::{CARD, TEA, TestShop};
use axum::Router;
use axum::http::{StatusCode, header};
use std::collections::HashSet;

/// One answer of every kind, by its name.
async fn one_of_each(shop: &TestShop, router: &Router) -> Vec<(&'static str, StatusCode, Answer)> {
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let own = [("origin", shop.state.settings.public_url.as_str())];
    let post = async |path: &str, headers: &[(&str, &str)], body: &str| {
        ask(router, "198.51.100.1", form(path, headers, body)).await
    };
    let order_page = format!("/orders/{}", order.token);
    vec![
        ("a shared page", StatusCode::OK, get(router, "/").await),
        ("a shared page, from the cache", StatusCode::OK, get(router, "/").await),
        ("a page", StatusCode::OK, get(router, "/about").await),
        ("the basket", StatusCode::OK, get(router, "/basket").await),
        ("the checkout", StatusCode::OK, get(router, "/checkout").await),
        ("an order", StatusCode::OK, get(router, &order_page).await),
        ("no page", StatusCode::NOT_FOUND, get(router, "/nowhere").await),
        ("no order", StatusCode::NOT_FOUND, get(router, "/orders/nobodys").await),
        ("no download", StatusCode::NOT_FOUND, get(router, &format!("{order_page}/downloads/none")).await),
        ("a redirect", StatusCode::SEE_OTHER, post("/api/choose_market", &own, "market=japan&back=/").await),
        ("a way back by POST", StatusCode::SEE_OTHER, post(&order_page, &[("origin", "null")], "").await),
        ("a foreign form", StatusCode::FORBIDDEN, post("/api/choose_market", &[("origin", "null")], "").await),
        ("a method too many", StatusCode::METHOD_NOT_ALLOWED, get(router, "/api/choose_market").await),
        (
            "a form too large",
            StatusCode::PAYLOAD_TOO_LARGE,
            post("/api/choose_market", &own, &"x".repeat(33_000)).await,
        ),
        ("a form too large that hides it", StatusCode::PAYLOAD_TOO_LARGE, hidden(router, &own).await),
        ("health", StatusCode::OK, get(router, "/healthz").await),
        ("readiness", StatusCode::OK, get(router, "/readyz").await),
        ("a forged webhook", StatusCode::UNAUTHORIZED, post("/webhooks/komoju", &[], "{}").await),
        ("another provider's", StatusCode::NOT_FOUND, post("/webhooks/paypal", &[], "{}").await),
    ]
}

/// A form that does not say how long it is.
async fn hidden(router: &Router, headers: &[(&str, &str)]) -> Answer {
    let mut request = form("/api/choose_market", headers, &"x".repeat(33_000));
    request.headers_mut().remove(header::CONTENT_LENGTH);
    ask(router, "198.51.100.1", request).await
}

#[tokio::test]
async fn every_kind_of_answer_has_every_header() {
    let shop = TestShop::open().await;
    for (kind, status, answer) in one_of_each(&shop, &door(&shop, false, |_| {})).await {
        assert_eq!(answer.status, status, "{kind}");
        let fixed = [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
        ];
        for (name, value) in fixed {
            assert_eq!(answer.header(name), value, "{name} of {kind}");
            assert!(answer.headers.get_all(name).iter().count() <= 1, "{name} of {kind}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"), "{kind}");
        let policies = answer.headers.get_all("content-security-policy").iter().count();
        assert_eq!(policies, 1, "two policies are both enforced: {kind}");
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{kind}: {policy}");
        }
        for loose in ["unsafe-inline", "'unsafe-eval'", " data:", " *;", "http: ", "https: "] {
            assert!(!policy.contains(loose), "{kind}: {policy}");
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn browsers_are_told_to_come_back_over_tls_when_that_is_how_the_shop_is_published() {
    let shop = TestShop::open().await;
    let router = door(&shop, true, |_| {});
    for path in ["/", "/nowhere", "/healthz"] {
        assert_eq!(get(&router, path).await.header("strict-transport-security"), "max-age=31536000", "{path}");
    }
    shop.close().await;
}

#[tokio::test]
async fn what_belongs_to_one_shopper_is_kept_by_nobody() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let router = door(&shop, false, |_| {});
    let page = format!("/orders/{}", order.token);
    for path in ["/basket", "/checkout", &page, &format!("{page}/support"), "/healthz", "/readyz"] {
        assert_eq!(get(&router, path).await.header("cache-control"), "no-store", "{path}");
    }
    for path in ["/", "/about", "/nowhere"] {
        assert_eq!(
            get(&router, path).await.header("cache-control"),
            "private, no-cache",
            "{path}: for one's own browser"
        );
    }
    let door = ask(&router, "198.51.100.1", form("/webhooks/komoju", &[], "{}")).await;
    assert_eq!(door.header("cache-control"), "no-store");
    shop.close().await;
}

/// The nonces that the page's script elements carry; each must have one.
fn nonces(html: &str) -> Vec<&str> {
    let tags = html.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap());
    tags.map(|tag| tag.split("nonce=\"").nth(1).unwrap_or_else(|| panic!("{tag}")).split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn every_script_carries_the_nonce_of_its_own_answer_and_none_is_used_twice() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let router = door(&shop, false, |_| {});
    let mut seen = HashSet::new();
    for path in ["/basket", "/checkout", &format!("/orders/{}", order.token), "/about", "/nowhere"] {
        for _ in 0..2 {
            let answer = get(&router, path).await;
            let nonces = nonces(&answer.body);
            let policy = answer.header("content-security-policy");
            for nonce in &nonces {
                assert!(policy.contains(&format!(" 'nonce-{nonce}'")), "{path}: {policy}");
                assert!(nonce.len() >= 22, "128 bits in base64: {nonce}");
            }
            assert!(nonces.windows(2).all(|pair| pair[0] == pair[1]), "{path}: {nonces:?}");
            let nonce = nonces.first().copied().unwrap_or_default().to_owned();
            assert!(seen.insert(nonce), "{path}: a nonce was used twice, or there is none");
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn pages_that_visitors_share_have_no_script_and_allow_none() {
    let shop = TestShop::open().await;
    let router = door(&shop, false, |_| {});
    for path in ["/", "/categories/textiles", "/products/sencha-tin", "/products/last-teapot", "/sellers/hoshi-pottery"]
    {
        let answers = [get(&router, path).await, get(&router, path).await];
        for answer in answers {
            if answer.status != StatusCode::OK {
                assert_eq!(path, "/sellers/hoshi-pottery", "{path}");
                continue;
            }
            assert!(!answer.body.contains("<script") && !answer.body.contains("nonce"), "{path}");
            assert!(answer.header("content-security-policy").contains("script-src 'none'"), "{path}");
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn no_page_has_what_the_policy_would_stop() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    let router = door(&shop, false, |_| {});
    let page = format!("/orders/{}", order.token);
    for path in ["/", "/products/sencha-tin", "/basket", "/checkout", "/about", &page, &format!("{page}/support")] {
        let html = get(&router, path).await.body;
        for stopped in
            [" style=\"", "<style", " onclick", " onload", "javascript:", "src=\"data:", "<iframe", "<object", "<base"]
        {
            assert!(!html.contains(stopped), "{path}: {stopped}");
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn forms_may_lead_to_the_hosted_pages_of_the_providers_that_are_on() {
    let mut shop = TestShop::open().await;
    let form_action = |answer: &Answer| {
        let policy = answer.header("content-security-policy").to_owned();
        policy.split("; ").find_map(|part| part.strip_prefix("form-action ").map(str::to_owned)).unwrap()
    };
    let simulator = shop.simulator.clone();
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let router = door(&shop, false, |_| {});
    for path in ["/", "/checkout", &format!("/orders/{}", order.token)] {
        assert_eq!(form_action(&get(&router, path).await), format!("'self' {simulator}"), "{path}");
    }
    let mut providers = shop.state.settings.providers.clone();
    providers.komoju.as_mut().unwrap().api_url = "https://komoju.com/api/v1".parse().unwrap();
    providers.dojo.as_mut().unwrap().api_url = "https://api.dojo.tech".parse().unwrap();
    providers.bpc = None;
    let stablemint = "https://paymentinitiationservice-rest.stablemint.io".parse().unwrap();
    providers.stablemint.as_mut().unwrap().api_url = stablemint;
    shop.restart(providers).await;
    let real = form_action(&get(&door(&shop, false, |_| {}), "/checkout").await);
    assert_eq!(real, "'self' https://*.stablemint.io https://komoju.com https://pay.dojo.tech");
    shop.close().await;
}
