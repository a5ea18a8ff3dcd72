//! The last unit, and money that comes after the stock was released.

use crate::shop::{CARD, PATTERN, TEAPOT, TestShop};
use noren::domain::{OrderState, Problem};
use noren::server::order_view::Face;
use serde_json::json;

#[tokio::test]
async fn of_two_shoppers_at_the_checkout_one_gets_the_last_unit() {
    let shop = TestShop::open().await;
    let (one, other) = (shop.basket(&[(TEAPOT, 1)]).await, shop.basket(&[(TEAPOT, 1)]).await);
    let (first, second) = tokio::join!(shop.start(&one, "credit_card"), shop.start(&other, "credit_card"));
    let winners = [&first, &second].into_iter().filter(|next| next.is_ok()).count();
    assert_eq!(winners, 1, "{first:?} {second:?}");
    assert!([&first, &second].contains(&&Err(Problem::SoldOut)));
    assert_eq!(shop.stock(TEAPOT).await, (1, 1));
    assert_eq!(shop.sessions().await, 1, "who gets none is not sent to pay");
    shop.close().await;
}

#[tokio::test]
async fn money_after_the_release_takes_the_stock_again_if_there_is_some() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEAPOT, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    assert!(shop.pay(&order, CARD).await);
    // The release happened although it was paid: a provider's look-up may lag behind.
    release(&shop, &order.id).await;
    assert_eq!(shop.stock(TEAPOT).await, (1, 0));
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    assert_eq!(shop.stock(TEAPOT).await, (0, 0));
    shop.close().await;
}

#[tokio::test]
async fn money_after_the_release_goes_to_a_person_if_somebody_else_has_the_stock() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEAPOT, 1), (PATTERN, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    assert!(shop.pay(&order, CARD).await);
    release(&shop, &order.id).await;
    let other = shop.order(&[(TEAPOT, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face, view.fulfilments), (OrderState::NeedsReview, Face::UnderReview, 0));
    assert!(view.lines.iter().all(|line| line.download.is_none()));
    assert!(view.journal.iter().any(|entry| entry.detail.contains("Get more, or give it back: `noren refund")));
    assert_eq!(shop.stock(TEAPOT).await, (1, 1), "the other shopper's");
    assert!(shop.pay(&other, CARD).await);
    shop.settle().await;
    assert_eq!(shop.stock(TEAPOT).await, (0, 0));
    shop.close().await;
}

async fn release(shop: &TestShop, order: &str) {
    use noren::domain::AttemptState;
    let mut db = shop.state.pool.acquire().await.unwrap();
    let attempts = noren::server::orders::attempts::of_order(&mut db, order).await.unwrap();
    drop(db);
    let why = "released by the test";
    noren::payments::fulfilment::end_attempt(&shop.state, &attempts[0], AttemptState::Expired, why).await.unwrap();
}

#[tokio::test]
async fn a_second_payment_of_the_same_order_is_not_lost_but_reviewed() {
    let shop = TestShop::open().await;
    let first = shop.order(&[(PATTERN, 1)], "credit_card").await;
    // The first page stays payable at the provider although the shop believes it ended.
    release_attempt_only(&shop, &first.session).await;
    let next = noren::payments::checkout::pay_again(&shop.state, &first.token, "komoju/credit_card", "en").await;
    let second = shop.test_order(first.basket.clone(), next.unwrap()).await;
    assert!(shop.pay(&second, CARD).await);
    shop.settle().await;
    assert_eq!(shop.order_state(&first).await, OrderState::Fulfilled);
    assert!(shop.pay(&first, CARD).await);
    shop.settle().await;
    let view = shop.view(&first).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::NeedsReview, 1));
    assert!(view.journal.iter().any(|entry| entry.detail.contains("Money arrived for an order that was fulfilled")));
    // Giving the second payment back does not give the first one back.
    let payment = shop.payment_of(&first).await;
    shop.control(&format!("payments/{payment}/refund"), json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&first).await, OrderState::NeedsReview);
    shop.close().await;
}

async fn release_attempt_only(shop: &TestShop, session: &str) {
    sqlx::query("update attempts set state = 'cancelled' where session = $1")
        .bind(session)
        .execute(&shop.state.pool)
        .await
        .unwrap();
}
