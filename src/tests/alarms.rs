//! What the sweep finds although no webhook told of it, and says once.

use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till};
use noren::domain::OrderState;
use noren::server::orders::attention;
use serde_json::json;
use sqlx::Row;

const MINUTE: i64 = 60;

/// Paid, and its webhooks are lost.
async fn paid_in_silence(till: Till, shop: &TestShop) -> TestOrder {
    let order = till.order(shop).await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    till.pay(shop, &order).await;
    order
}

/// Asked of the database: the order's page would look the attempt up.
async fn alarms(shop: &TestShop, order: &TestOrder) -> i64 {
    sqlx::query("select count(*) from journal where order_id = $1 and what = 'attempt.webhook_missing'")
        .bind(&order.id)
        .fetch_one(&shop.state.pool)
        .await
        .unwrap()
        .try_get(0)
        .unwrap()
}

async fn listed(shop: &TestShop) -> Vec<String> {
    attention::missing_webhooks(&mut shop.state.pool.acquire().await.unwrap()).await.unwrap()
}

/// Sweeps every minute for so many.
async fn minutes(shop: &TestShop, minutes: i64) {
    for _ in 0..minutes {
        shop.forward(MINUTE).await;
        shop.sweep().await;
    }
}

#[tokio::test]
async fn a_webhook_that_is_missing_for_a_quarter_of_an_hour_is_said_once_and_fulfils_nothing_until_it_comes() {
    for till in [Till::Komoju, Till::Dojo, Till::Bpc] {
        let shop = TestShop::open().await;
        let (stock, _) = shop.stock(GOODS).await;
        let order = paid_in_silence(till, &shop).await;
        // The shopper comes back, and the page looks.
        shop.view(&order).await;
        minutes(&shop, 14).await;
        assert_eq!((alarms(&shop, &order).await, listed(&shop).await.len()), (0, 0), "{till:?}: it may still come");
        minutes(&shop, 2).await;
        assert_eq!(alarms(&shop, &order).await, 1, "{till:?}");
        assert!(listed(&shop).await[0].contains(&order.session), "{till:?}");
        minutes(&shop, 120).await;
        let view = shop.view(&order).await;
        assert_eq!((view.state, view.fulfilments), (OrderState::AwaitingPayment, 0), "{till:?}");
        assert_eq!(alarms(&shop, &order).await, 1, "{till:?}: once");
        assert_eq!(shop.stock(GOODS).await, (stock, 1), "{till:?}: it is paid for, so it is kept");
        assert_eq!(till.tell(&shop, &order, json!({}), "right").await["status"], 200);
        shop.settle().await;
        assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled, "{till:?}");
        assert_eq!(listed(&shop).await, [] as [String; 0], "{till:?}: the alarm ends by itself");
        shop.close().await;
    }
}

#[tokio::test]
async fn a_payment_that_no_page_has_seen_is_found_while_its_page_is_still_open() {
    let shop = TestShop::open().await;
    let order = paid_in_silence(Till::Komoju, &shop).await;
    minutes(&shop, 16).await;
    assert_eq!(alarms(&shop, &order).await, 0, "seen a minute ago");
    minutes(&shop, 15).await;
    assert_eq!(alarms(&shop, &order).await, 1);
    assert_eq!(Till::Komoju.tell(&shop, &order, json!({}), "right").await["status"], 200);
    shop.settle().await;
    shop.close().await;
}

#[tokio::test]
async fn a_slip_that_was_paid_at_the_counter_without_a_webhook_is_found_the_same_day() {
    let shop = TestShop::open().await;
    let basket = shop.basket(&[(GOODS, 1)]).await;
    let next = shop.start(&basket, "konbini").await.unwrap();
    let order = shop.test_order(basket, next).await;
    shop.issue_slip(&order).await;
    shop.settle().await;
    shop.forward(86_400).await;
    shop.sweep().await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    let payment = shop.payment_of(&order).await;
    shop.control(&format!("payments/{payment}/capture"), json!({})).await;
    minutes(&shop, 80).await;
    assert_eq!(alarms(&shop, &order).await, 1);
    assert_eq!(shop.view(&order).await.fulfilments, 0);
    shop.control("send", json!({ "payment": payment, "type": "payment.captured" })).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}

#[tokio::test]
async fn a_page_that_dojo_cancels_because_its_time_is_over_ends_its_order_at_once() {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = Till::Dojo.order(&shop).await;
    shop.forward(31 * MINUTE).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Expired, "{:?}", shop.journal(&order).await);
    assert_eq!(shop.stock(GOODS).await, (stock, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_page_that_is_cancelled_before_its_time_leaves_the_order_to_be_paid_another_way() {
    let shop = TestShop::open().await;
    let order = Till::Dojo.order(&shop).await;
    Till::Dojo.act(&shop, &order, "cancel", json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    shop.close().await;
}
