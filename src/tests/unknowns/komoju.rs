//! KOMOJU's switches: a card declined and paid, a slip, a page that was left, a refund.

use super::settings;
use crate::shop::{CARD, DECLINED_CARD, PATTERN, TEA, TestShop};
use noren::domain::OrderState;
use noren::payments::checkout;
use noren::server::order_view::Face;
use noren::simulator::komoju::switches;
use serde_json::json;

#[tokio::test]
async fn the_shop_passes_with_each_setting_of_each_switch() {
    for (name, choice) in settings(switches::ALL) {
        let shop = TestShop::open().await;
        shop.control("switches", json!({ name: choice })).await;
        declined_then_left_then_paid(&shop, &format!("{name}={choice}")).await;
        slip_captured(&shop, &format!("{name}={choice}")).await;
        abandoned(&shop, &format!("{name}={choice}")).await;
        refunded(&shop, &format!("{name}={choice}")).await;
        shop.close().await;
    }
}

async fn declined_then_left_then_paid(shop: &TestShop, setting: &str) {
    let (stock, _) = shop.stock(TEA).await;
    let first = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(!shop.pay(&first, DECLINED_CARD).await, "{setting}");
    shop.settle().await;
    shop.leave(&first).await;
    shop.forward(10).await;
    let face = shop.view(&first).await.face;
    assert!(matches!(face, Face::NotPaidYet { .. } | Face::Declined { .. }), "{setting}: {face:?}");
    let next = checkout::pay_again(&shop.state, &first.token, "komoju/credit_card", "en").await;
    let second = shop.test_order(first.basket.clone(), next.unwrap()).await;
    assert!(shop.pay(&second, CARD).await, "{setting}");
    shop.settle().await;
    assert_eq!(shop.order_state(&first).await, OrderState::Fulfilled, "{setting}");
    assert_eq!(shop.stock(TEA).await, (stock - 1, 0), "{setting}");
}

async fn slip_captured(shop: &TestShop, setting: &str) {
    let order = shop.order(&[(TEA, 1)], "konbini").await;
    shop.issue_slip(&order).await;
    shop.settle().await;
    assert!(matches!(shop.view(&order).await.face, Face::WaitingForYou(_)), "{setting}");
    let payment = shop.payment_of(&order).await;
    shop.control(&format!("payments/{payment}/capture"), json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled, "{setting}");
}

async fn abandoned(shop: &TestShop, setting: &str) {
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(!shop.pay(&order, DECLINED_CARD).await, "{setting}");
    shop.settle().await;
    shop.forward(40 * 60).await;
    shop.sweep().await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Expired, "{setting}");
    assert_eq!(shop.stock(TEA).await.1, 0, "{setting}");
}

async fn refunded(shop: &TestShop, setting: &str) {
    let order = shop.order(&[(PATTERN, 1)], "credit_card").await;
    assert!(shop.pay(&order, CARD).await, "{setting}");
    shop.settle().await;
    let payment = shop.payment_of(&order).await;
    shop.control(&format!("payments/{payment}/refund"), json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded, "{setting}");
}
