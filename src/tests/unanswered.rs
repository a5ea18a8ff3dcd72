//! StableMint cannot be asked: what is true while its webhook is on its way, and what a shopper who goes on meanwhile can
//! and cannot do.

use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till, notices};
use noren::domain::{Back, OrderState, Problem};
use noren::payments::checkout::{self, Next};
use noren::server::basket;
use noren::server::order_view::{self, Face};
use serde_json::json;

const TILL: Till = Till::Stablemint;

/// Paid, back in the shop, and the webhook is still to come.
async fn back_with_success(shop: &TestShop) -> TestOrder {
    let order = TILL.order(shop).await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    TILL.pay(shop, &order).await;
    let view = order_view::read(&shop.state, &order.token, Some(Back::Success)).await.unwrap().unwrap();
    assert_eq!(view.face, Face::BeingConfirmed);
    order
}

async fn hear(shop: &TestShop) {
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.control("deliveries/release", json!({})).await;
    shop.settle().await;
}

#[tokio::test]
async fn who_came_back_from_a_bank_is_not_asked_to_pay_again_and_cannot_give_the_order_up() {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = back_with_success(&shop).await;
    assert_eq!(shop.view(&order).await.face, Face::BeingConfirmed, "also without the word in the address");
    for method in [TILL.method(), "bpc/card"] {
        let next = shop.start_with(&order.basket, method).await;
        assert_eq!(next, Ok(Next::OrderPage(order.token.clone())), "{method}");
    }
    assert_eq!(checkout::cancel(&shop.state, &order.token).await, Err(Problem::OrderClosed));
    shop.forward(3 * 3600).await;
    shop.sweep().await;
    assert_eq!(shop.stock(GOODS).await, (stock, 1), "its stock waits as long as the webhook may take");
    hear(&shop).await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    assert_eq!(shop.stock(GOODS).await, (stock - 1, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_shopper_who_buys_more_meanwhile_makes_another_order_and_the_first_is_fulfilled() {
    let shop = TestShop::open().await;
    let order = back_with_success(&shop).await;
    basket::add(&shop.state.pool, &order.basket, "tea-zine", 1, shop.state.clock.now()).await.unwrap();
    let next = shop.start_with(&order.basket, "bpc/card").await.unwrap();
    let second = shop.test_order(order.basket.clone(), next).await;
    assert_ne!(second.id, order.id);
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment, "it was not given up under the money");
    hear(&shop).await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}

#[tokio::test]
async fn money_for_an_earlier_page_gets_the_unit_that_the_same_orders_next_page_holds() {
    let shop = TestShop::open().await;
    sqlx::query("update variants set stock = 1 where id = $1").bind(GOODS).execute(&shop.state.pool).await.unwrap();
    let first = TILL.order(&shop).await;
    TILL.decline(&shop, &first).await;
    shop.settle().await;
    let next = checkout::pay_again(&shop.state, &first.token, "bpc/card", "en").await.unwrap();
    let second = shop.test_order(first.basket.clone(), next).await;
    assert_eq!(shop.stock(GOODS).await, (1, 1), "the second page holds the last one");
    let sent = TILL.tell(&shop, &first, json!({}), "right").await;
    assert_eq!(sent["status"], 200);
    shop.settle().await;
    let view = shop.view(&first).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::Fulfilled, 1), "{:?}", shop.journal(&first).await);
    assert_eq!(shop.stock(GOODS).await, (0, 0));
    shop.sweep().await;
    shop.settle().await;
    assert_eq!(Till::Bpc.open_sessions(&shop).await, 0, "the other page is not left payable: {}", second.session);
    shop.close().await;
}

#[tokio::test]
async fn a_second_payment_for_what_is_paid_already_is_seen_by_a_person() {
    let shop = TestShop::open().await;
    let order = TILL.order(&shop).await;
    TILL.pay(&shop, &order).await;
    shop.settle().await;
    let settled = notices(TILL, &shop, "settled").await;
    let sent = TILL.tell(&shop, &order, json!({ "paymentReference": "another transfer" }), "right").await;
    assert_eq!(sent["status"], 200);
    shop.settle().await;
    assert_eq!(notices(TILL, &shop, "settled").await, settled + 1);
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::NeedsReview, 1), "{:?}", shop.journal(&order).await);
    shop.close().await;
}
