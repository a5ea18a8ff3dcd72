//! A provider that answers 401, 409, 422, 500, nothing at all, or half an answer: a clear message, nothing lost, nothing
//! opened twice.

use crate::shop::{CARD, TEA, TestOrder, TestShop};
use noren::domain::{OrderState, Problem};
use serde_json::{Value, json};

async fn trouble(shop: &TestShop, faults: Value) {
    shop.control("answers", json!({ "next": faults })).await;
}

async fn buy(shop: &TestShop, basket: &str) -> TestOrder {
    let next = shop.start(basket, "credit_card").await.unwrap();
    let order = shop.test_order(basket.to_owned(), next).await;
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    order
}

#[tokio::test]
async fn a_refusal_is_told_releases_the_stock_and_the_next_press_can_succeed() {
    for status in [401, 403, 422] {
        let shop = TestShop::open().await;
        let basket = shop.basket(&[(TEA, 1)]).await;
        trouble(&shop, json!([{ "path": "sessions", "status": status }])).await;
        assert_eq!(shop.start(&basket, "credit_card").await, Err(Problem::ProviderRefused), "{status}");
        assert_eq!(shop.stock(TEA).await.1, 0, "{status}");
        let order = buy(&shop, &basket).await;
        let refused = shop.view(&order).await.journal;
        assert!(refused.iter().any(|entry| entry.detail.contains(&format!("refused to open a page: {status}"))));
        shop.close().await;
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_busy_and_the_next_press_opens_one_page() {
    for status in [500, 502, 503] {
        let shop = TestShop::open().await;
        let basket = shop.basket(&[(TEA, 1)]).await;
        trouble(&shop, json!([{ "path": "sessions", "status": status }, { "path": "sessions", "status": status }]))
            .await;
        assert_eq!(shop.start(&basket, "credit_card").await, Err(Problem::ProviderBusy), "{status}");
        buy(&shop, &basket).await;
        assert_eq!(shop.sessions().await, 1, "{status}");
        shop.close().await;
    }
}

#[tokio::test]
async fn one_hiccup_is_not_even_noticed() {
    for fault in [
        json!([{ "path": "sessions", "status": 500 }]),
        json!([{ "path": "sessions", "status": 409 }]),
        json!([{ "path": "sessions", "status": 429 }]),
        json!([{ "path": "sessions", "hang_after_work": true }]),
        json!([{ "path": "sessions", "half": true }]),
    ] {
        let shop = TestShop::open().await;
        let basket = shop.basket(&[(TEA, 1)]).await;
        trouble(&shop, fault.clone()).await;
        buy(&shop, &basket).await;
        assert_eq!(shop.sessions().await, 1, "{fault}: the same key found the session that was made before");
        shop.close().await;
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_again_and_again_still_makes_one_session() {
    let shop = TestShop::open().await;
    let basket = shop.basket(&[(TEA, 1)]).await;
    let lost = json!({ "path": "sessions", "hang_after_work": true });
    trouble(&shop, json!([lost, lost, lost])).await;
    assert_eq!(shop.start(&basket, "credit_card").await, Err(Problem::ProviderBusy));
    assert_eq!(shop.stock(TEA).await.1, 1, "the attempt keeps its stock: its session may exist");
    let order = buy(&shop, &basket).await;
    assert_eq!(shop.sessions().await, 1);
    assert!(shop.journal(&order).await.contains(&"attempt.no_answer".to_owned()));
    shop.close().await;
}

#[tokio::test]
async fn a_notice_waits_until_its_look_up_is_answered() {
    for fault in [json!({ "status": 500 }), json!({ "status": 401 }), json!({ "half": true })] {
        let shop = TestShop::open().await;
        let order = shop.order(&[(TEA, 1)], "credit_card").await;
        let mut fault = fault;
        fault["path"] = json!("sessions");
        fault["method"] = json!("GET");
        trouble(&shop, json!([fault, fault, fault, fault])).await;
        assert!(shop.pay(&order, CARD).await);
        shop.settle().await;
        assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled, "{fault}");
        shop.close().await;
    }
}

#[tokio::test]
async fn a_page_outside_the_providers_own_address_is_not_gone_to() {
    use noren::payments::checkout::opening::allowed;
    let shop = TestShop::open().await;
    let provider = shop.state.providers.get(noren::domain::ProviderName::Komoju).unwrap();
    let own = provider.page_origins().remove(0);
    assert!(allowed(provider, &format!("{own}/sessions/abc")));
    let host = own.trim_start_matches("http://");
    for elsewhere in [
        String::new(),
        "https://evil.example/sessions/abc".into(),
        format!("http://{host}@evil.example/"),
        format!("http://{host}.evil.example/"),
        format!("http://user@{host}/sessions/abc"),
        format!("https://{host}/sessions/abc"),
        "javascript:alert(1)".into(),
        "/sessions/abc".into(),
    ] {
        assert!(!allowed(provider, &elsewhere), "{elsewhere}");
    }
    shop.close().await;
}
