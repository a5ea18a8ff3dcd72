//! From the basket to the hosted page and back.

use crate::shop::{CARD, DECLINED_CARD, PATTERN, TEA, TestShop};
use noren::domain::{OrderState, Problem};
use noren::payments::checkout::{self, Next};
use noren::server::order_view::Face;
use serde_json::json;

#[tokio::test]
async fn a_card_payment_is_fulfilled_once_its_webhook_is_settled_and_not_before() {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(TEA).await;
    let order = shop.order(&[(TEA, 2), (PATTERN, 1)], "credit_card").await;
    assert_eq!(shop.stock(TEA).await, (stock, 2), "held, not sold");

    shop.control("deliveries", json!({ "mode": "paused" })).await;
    assert!(shop.pay(&order, CARD).await);
    let view = shop.view(&order).await;
    assert_eq!((view.face, view.state, view.fulfilments), (Face::PaidUnconfirmed, OrderState::AwaitingPayment, 0));
    assert!(view.lines.iter().all(|line| line.download.is_none()), "a download opened before the webhook came");

    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.face, view.state, view.fulfilments), (Face::Complete, OrderState::Fulfilled, 1));
    assert_eq!(shop.stock(TEA).await, (stock - 2, 0));
    assert_eq!(view.lines.iter().filter(|line| line.download.is_some()).count(), 1);
    let receipt = view.receipt.unwrap();
    assert!(receipt.contains("¥3,000") && !receipt.contains("Mika") && !receipt.contains('@'), "{receipt}");
    let names = shop.journal(&order).await;
    assert_eq!(names, ["order.placed", "attempt.begun", "attempt.open", "order.paid", "order.fulfilled"]);
    shop.close().await;
}

#[tokio::test]
async fn a_double_click_and_a_second_tab_open_one_session() {
    let shop = TestShop::open().await;
    let basket = shop.basket(&[(TEA, 1)]).await;
    let clicks = futures(5, async || shop.start(&basket, "credit_card").await).await;
    let first = clicks[0].clone().unwrap();
    assert!(clicks.iter().all(|next| next.as_ref() == Ok(&first)), "{clicks:?}");
    assert_eq!(shop.sessions().await, 1);
    assert_eq!(shop.stock(TEA).await.1, 1, "held once");
    shop.close().await;
}

async fn futures<T>(count: usize, make: impl AsyncFn() -> T) -> Vec<T> {
    let all = (0..count).map(|_| make());
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        all.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if all.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test]
async fn a_declined_card_can_be_followed_by_a_good_one_on_the_same_page() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(!shop.pay(&order, DECLINED_CARD).await);
    shop.settle().await;
    assert!(matches!(shop.view(&order).await.face, Face::Declined { page_url: Some(_) }));
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    assert_eq!(shop.sessions().await, 1);
    shop.close().await;
}

#[tokio::test]
async fn who_came_back_without_paying_pays_a_second_attempt_and_late_events_of_the_first_change_nothing() {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(TEA).await;
    let first = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    assert!(!shop.pay(&first, DECLINED_CARD).await);
    shop.leave(&first).await;
    assert!(matches!(shop.view(&first).await.face, Face::NotPaidYet { .. }));

    let next = checkout::pay_again(&shop.state, &first.token, "komoju/paypay", "en").await.unwrap();
    let second = shop.test_order(first.basket.clone(), next).await;
    assert_eq!(second.id, first.id, "one order, two attempts");
    assert_ne!(second.session, first.session);
    let next = checkout::pay_again(&shop.state, &first.token, "komoju/credit_card", "en").await.unwrap();
    let third = shop.test_order(first.basket.clone(), next).await;
    assert!(!shop.pay(&second, CARD).await, "the second session was cancelled before the third opened");
    assert!(shop.pay(&third, CARD).await);

    shop.control("deliveries/release", json!({ "order": "reversed" })).await;
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&first).await, OrderState::Fulfilled);
    assert_eq!(shop.stock(TEA).await, (stock - 1, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_slip_empties_the_basket_extends_the_hold_and_is_fulfilled_when_it_is_paid_days_later() {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(TEA).await;
    let order = shop.order(&[(TEA, 1)], "konbini").await;
    shop.issue_slip(&order).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    let Face::WaitingForYou(slip) = &view.face else { panic!("{:?}", view.face) };
    assert_eq!((slip.total.minor, slip.fee.minor), (1390, 190));
    assert!(shop.start(&order.basket, "konbini").await == Err(Problem::BasketEmpty), "nothing is bought twice");

    shop.forward(2 * 86_400).await;
    shop.sweep().await;
    assert_eq!(shop.stock(TEA).await, (stock, 1), "the stock waits for the slip");
    let payment = shop.payment_of(&order).await;
    shop.control(&format!("payments/{payment}/capture"), json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    assert_eq!(shop.stock(TEA).await, (stock - 1, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_slip_that_nobody_pays_expires_and_gives_its_stock_back() {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(TEA).await;
    let order = shop.order(&[(TEA, 1)], "konbini").await;
    shop.issue_slip(&order).await;
    shop.settle().await;
    shop.forward(4 * 86_400).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Expired);
    assert_eq!(shop.stock(TEA).await, (stock, 0));
    assert_eq!(shop.view(&order).await.face, Face::Expired);
    shop.close().await;
}

#[tokio::test]
async fn a_slip_can_be_given_up_and_can_then_no_longer_be_paid() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "konbini").await;
    shop.issue_slip(&order).await;
    shop.settle().await;
    assert_eq!(checkout::cancel(&shop.state, &order.token).await, Ok(()));
    assert_eq!(shop.order_state(&order).await, OrderState::Cancelled);
    assert_eq!(shop.stock(TEA).await.1, 0);
    let payment = shop.payment_of(&order).await;
    let state = shop.simulated().await;
    let payment = state["payments"].as_array().unwrap().iter().find(|one| one["id"] == payment.as_str()).unwrap();
    assert_eq!(payment["status"], "cancelled");
    shop.settle().await;
    shop.close().await;
}

#[tokio::test]
async fn a_paid_order_can_neither_be_cancelled_nor_paid_again() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(shop.pay(&order, CARD).await);
    assert_eq!(checkout::cancel(&shop.state, &order.token).await, Err(Problem::OrderClosed), "paid at the provider");
    shop.settle().await;
    assert_eq!(checkout::cancel(&shop.state, &order.token).await, Err(Problem::OrderClosed));
    let again = checkout::pay_again(&shop.state, &order.token, "komoju/paypay", "en").await;
    assert_eq!(again, Ok(Next::OrderPage(order.token.clone())));
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}
