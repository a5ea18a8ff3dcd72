//! What nobody tells the shop about.

use crate::shop::{CARD, TEA, TestShop};
use noren::domain::OrderState;
use noren::payments::checkout;
use serde_json::json;

#[tokio::test]
async fn an_abandoned_page_is_cancelled_at_the_provider_and_its_stock_comes_back() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 3)], "credit_card").await;
    shop.forward(34 * 60).await;
    shop.sweep().await;
    assert_eq!(shop.stock(TEA).await.1, 3, "the hold outlives the page by some minutes");
    shop.forward(2 * 60).await;
    shop.sweep().await;
    assert_eq!(shop.stock(TEA).await.1, 0);
    assert_eq!(shop.order_state(&order).await, OrderState::Expired);
    assert!(!shop.pay(&order, CARD).await, "the page can still be paid on");
    // The basket is as it was, and makes a new order.
    let again = shop.start(&order.basket, "credit_card").await.unwrap();
    assert_ne!(shop.test_order(order.basket.clone(), again).await.id, order.id);
    shop.settle().await;
    shop.close().await;
}

#[tokio::test]
async fn an_attempt_whose_opening_was_cut_off_is_found_again_and_cancelled() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    // As if the process had died between the provider's answer and storing it.
    sqlx::query("update attempts set session = null, page_url = null, state = 'opening' where session = $1")
        .bind(&order.session)
        .execute(&shop.state.pool)
        .await
        .unwrap();
    shop.forward(36 * 60).await;
    shop.sweep().await;
    shop.forward(61).await;
    shop.sweep().await;
    assert_eq!(shop.sessions().await, 1, "the same key found the session that was there");
    assert_eq!(shop.stock(TEA).await.1, 0);
    assert!(!shop.pay(&order, CARD).await, "a session that nobody knows can still be paid");
    shop.settle().await;
    shop.close().await;
}

#[tokio::test]
async fn paid_at_the_provider_without_a_webhook_is_an_alarm_and_never_a_fulfilment() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    assert!(shop.pay(&order, CARD).await);
    shop.forward(36 * 60).await;
    for _ in 0..3 {
        shop.sweep().await;
        shop.forward(90).await;
    }
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::AwaitingPayment, 0));
    assert_eq!(shop.stock(TEA).await.1, 1, "the stock waits for it");
    let alarms = view.journal.iter().filter(|entry| entry.what == "attempt.webhook_missing").count();
    assert_eq!(alarms, 1, "once, not every minute");
    // The merchant has it sent again.
    let payment = shop.payment_of(&order).await;
    shop.control("send", json!({ "payment": payment, "type": "payment.captured" })).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}

#[tokio::test]
async fn an_order_that_nobody_goes_on_with_expires_after_a_day() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.leave(&order).await;
    shop.view(&order).await;
    assert_eq!(shop.stock(TEA).await.1, 0, "released when the attempt ended");
    shop.forward(23 * 3600).await;
    shop.sweep().await;
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    shop.forward(2 * 3600).await;
    shop.sweep().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Expired);
    let again = checkout::pay_again(&shop.state, &order.token, "komoju/credit_card", "en").await;
    assert_eq!(again, Ok(checkout::Next::OrderPage(order.token.clone())));
    shop.close().await;
}

#[tokio::test]
async fn a_slip_whose_expiry_was_never_told_ends_after_its_grace() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "konbini").await;
    shop.issue_slip(&order).await;
    shop.settle().await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    shop.forward(6 * 86_400).await;
    shop.sweep().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Expired);
    assert_eq!(shop.stock(TEA).await.1, 0);
    shop.close().await;
}
