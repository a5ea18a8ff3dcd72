//! Dojo's, BPC's and StableMint's switches: a payment declined and made, a page that was left, a refund.

use super::settings;
use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till};
use noren::domain::{OrderState, Problem};
use noren::payments::checkout;
use noren::simulator::switches::Switch;
use noren::simulator::{bpc, dojo, stablemint};
use serde_json::json;

/// Accounts that take no address of this machine: the shopper is told so before anything is charged.
const REFUSED: &[(&str, &str)] = &[("bpc_local_return_urls", "412")];

/// Settings with which a refund made in the provider's dashboard reaches no webhook, or one that names nothing the shop
/// knows.
const REFUND_UNHEARD: &[(&str, &str)] = &[("bpc_refund_event", "none"), ("bpc_events", "session_outcomes")];

#[tokio::test]
async fn the_shop_passes_with_each_setting_of_dojos_switches() {
    each(Till::Dojo, dojo::switches::ALL, &[]).await;
}

#[tokio::test]
async fn the_shop_passes_with_each_setting_of_bpcs_switches() {
    each(Till::Bpc, bpc::switches::ALL, &[]).await;
}

#[tokio::test]
async fn the_shop_passes_with_each_setting_of_stablemints_switches() {
    each(Till::Stablemint, stablemint::switches::ALL, &[]).await;
}

#[tokio::test]
async fn the_shop_passes_with_each_setting_of_stablemints_switches_in_the_newer_dialect() {
    each(Till::Stablemint, stablemint::switches::ALL, &[("STABLEMINT_DIALECT", "v2")]).await;
}

async fn each(till: Till, switches: &'static [&'static Switch], merchant: &[(&str, &str)]) {
    for setting in settings(switches) {
        let shop = TestShop::open_with(merchant).await;
        shop.control("switches", json!({ setting.0: setting.1 })).await;
        if REFUSED.contains(&setting) {
            let basket = till.basket(&shop).await;
            assert_eq!(shop.start_with(&basket, till.method()).await, Err(Problem::ProviderRefused), "{setting:?}");
            assert_eq!(shop.stock(GOODS).await.1, 0, "{setting:?}");
            continue;
        }
        let order = declined_then_paid(till, &shop, setting).await;
        if till != Till::Stablemint {
            refunded(till, &shop, &order, setting).await;
        }
        abandoned(till, &shop, setting).await;
    }
}

async fn declined_then_paid(till: Till, shop: &TestShop, setting: (&str, &str)) -> TestOrder {
    let (stock, _) = shop.stock(GOODS).await;
    let first = till.order(shop).await;
    till.decline(shop, &first).await;
    settle(shop).await;
    assert_eq!(shop.view(&first).await.fulfilments, 0, "{setting:?}");
    shop.forward(10).await;
    // The page may take another try, or be over, or have taken the order with it.
    let next = match shop.order_state(&first).await {
        OrderState::AwaitingPayment => checkout::pay_again(&shop.state, &first.token, till.method(), "en").await,
        _ => shop.start_with(&first.basket, till.method()).await,
    };
    let mut order = till.follow(shop, first.basket, next.unwrap()).await;
    if !shop.view(&order).await.attempts.iter().any(|attempt| attempt.session.as_ref() == Some(&order.session)) {
        panic!("{setting:?}: a page of no attempt");
    }
    till.pay(shop, &order).await;
    settle(shop).await;
    if shop.order_state(&order).await == OrderState::AwaitingPayment {
        // A page that shows an old decline and takes no other card: the shopper chooses to pay anew.
        assert_eq!(checkout::cancel(&shop.state, &order.token).await, Ok(()), "{setting:?}");
        let next = shop.start_with(&order.basket, till.method()).await.unwrap();
        order = till.follow(shop, order.basket, next).await;
        till.pay(shop, &order).await;
        settle(shop).await;
    }
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled, "{setting:?}");
    assert_eq!(shop.stock(GOODS).await, (stock - 1, 0), "{setting:?}");
    order
}

async fn refunded(till: Till, shop: &TestShop, order: &TestOrder, setting: (&str, &str)) {
    till.act(shop, order, "refund", json!({})).await;
    settle(shop).await;
    let heard = if REFUND_UNHEARD.contains(&setting) { OrderState::Fulfilled } else { OrderState::Refunded };
    assert_eq!(shop.order_state(order).await, heard, "{setting:?}");
}

async fn abandoned(till: Till, shop: &TestShop, setting: (&str, &str)) {
    let order = till.order(shop).await;
    let kept_until = shop.view(&order).await.attempts[0].expires_at;
    shop.forward((kept_until - shop.state.clock.now()) / 1000 + 60).await;
    shop.sweep().await;
    settle(shop).await;
    assert_eq!(shop.order_state(&order).await, OrderState::Expired, "{setting:?}");
    assert_eq!(shop.stock(GOODS).await.1, 0, "{setting:?}");
}

/// Webhooks may be late by a few seconds.
async fn settle(shop: &TestShop) {
    shop.settle().await;
    shop.forward(8).await;
    shop.settle().await;
}
