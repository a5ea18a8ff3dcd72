//! What notices do: late, twice, out of order, before the order knows its session, with amounts that do not add up.

use crate::shop::{CARD, TEA, TestOrder, TestShop};
use noren::domain::OrderState;
use noren::server::order_view::Face;
use serde_json::{Value, json};

/// A paid order whose webhooks were never delivered, and its payment.
async fn paid_in_silence(shop: &TestShop) -> (TestOrder, String) {
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    assert!(shop.pay(&order, CARD).await);
    let payment = shop.payment_of(&order).await;
    (order, payment)
}

async fn send(shop: &TestShop, payment: &str, kind: &str, amend: Value) {
    let answer = shop.control("send", json!({ "payment": payment, "type": kind, "amend": amend })).await;
    assert_eq!(answer["status"], 200);
}

#[tokio::test]
async fn a_wrong_amount_is_not_fulfilled_but_reviewed() {
    for (what, amend) in [
        ("amount", json!({ "data.amount": 12, "data.total": 12 })),
        ("currency", json!({ "data.currency": "EUR" })),
        ("currency nobody knows", json!({ "data.currency": "XTS" })),
    ] {
        let shop = TestShop::open().await;
        let (order, payment) = paid_in_silence(&shop).await;
        send(&shop, &payment, "payment.captured", amend).await;
        shop.settle().await;
        let view = shop.view(&order).await;
        assert_eq!(
            (view.state, view.face, view.fulfilments),
            (OrderState::NeedsReview, Face::UnderReview, 0),
            "{what}"
        );
        assert!(view.journal.iter().any(|entry| entry.what == "order.needs_review"), "{what}");
        shop.close().await;
    }
}

#[tokio::test]
async fn a_webhook_that_the_look_up_does_not_confirm_fulfils_nothing() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "konbini").await;
    shop.issue_slip(&order).await;
    shop.settle().await;
    let payment = shop.payment_of(&order).await;
    send(&shop, &payment, "payment.captured", json!({ "data.status": "captured" })).await;
    shop.settle_once().await;
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    assert!(shop.view(&order).await.notices.iter().any(|notice| notice.outcome.contains("look-up")));
    for _ in 0..12 {
        shop.forward(13 * 3600).await;
        shop.settle_once().await;
    }
    let view = shop.view(&order).await;
    assert_eq!(view.fulfilments, 0);
    assert!(view.journal.iter().any(|entry| entry.what == "notice.dead"), "{:?}", shop.journal(&order).await);
    shop.settle().await;
    shop.close().await;
}

#[tokio::test]
async fn a_notice_about_an_unknown_session_waits_and_is_a_dead_letter_in_the_end() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    send(&shop, &payment, "payment.captured", json!({ "data.session": "another", "id": "evt_unknown" })).await;
    shop.settle_once().await;
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    for _ in 0..12 {
        shop.forward(13 * 3600).await;
        shop.settle_once().await;
    }
    let row = sqlx::query("select state from inbox where dedupe_key = 'evt_unknown'").fetch_one(&shop.state.pool).await;
    assert_eq!(sqlx::Row::try_get::<String, _>(&row.unwrap(), 0).unwrap(), "dead");
    assert_eq!(shop.view(&order).await.fulfilments, 0);
    shop.close().await;
}

#[tokio::test]
async fn a_webhook_that_is_faster_than_the_answer_to_checkout_is_settled_a_moment_later() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    // As if the process had died before it could store the provider's answer.
    sqlx::query("update attempts set session = null, page_url = null, state = 'opening' where session = $1")
        .bind(&order.session)
        .execute(&shop.state.pool)
        .await
        .unwrap();
    send(&shop, &payment, "payment.captured", json!({})).await;
    shop.settle_once().await;
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    // The shopper presses the button again: the same key finds the same session.
    shop.start(&order.basket, "credit_card").await.unwrap();
    assert_eq!(shop.sessions().await, 1);
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}

#[tokio::test]
async fn the_end_of_a_try_that_arrives_after_the_money_takes_nothing_back() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    send(&shop, &payment, "payment.captured", json!({})).await;
    shop.settle().await;
    for (kind, status) in
        [("payment.failed", "failed"), ("payment.cancelled", "cancelled"), ("payment.expired", "expired")]
    {
        send(&shop, &payment, kind, json!({ "data.status": status })).await;
    }
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::Fulfilled, 1));
    shop.close().await;
}

#[tokio::test]
async fn refunds_are_counted_once_each_and_move_the_order_in_part_and_in_full() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    let payment = shop.payment_of(&order).await;
    let provider = shop.state.providers.get(noren::domain::ProviderName::Komoju).unwrap();
    let yen = |minor| noren::domain::Money::new(minor, noren::domain::Currency::Jpy);

    provider.refund(&payment, yen(200), "refund-1").await.unwrap();
    provider.refund(&payment, yen(200), "refund-1").await.unwrap();
    shop.settle().await;
    assert_eq!(shop.view(&order).await.face, Face::PartlyRefunded(yen(200)), "the same key refunds once");
    provider.refund(&payment, yen(1000), "refund-2").await.unwrap();
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face), (OrderState::Refunded, Face::Refunded(yen(1200))));
    assert_eq!(view.journal.iter().filter(|entry| entry.what == "order.refund").count(), 2);
    assert!(provider.refund(&payment, yen(1), "refund-3").await.is_err(), "no more than was captured");
    shop.close().await;
}

#[tokio::test]
async fn a_refund_that_is_told_before_its_payment_waits_for_it() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    shop.control(&format!("payments/{payment}/refund"), json!({ "amount": 500 })).await;
    send(&shop, &payment, "payment.refund.created", json!({})).await;
    shop.settle_once().await;
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    send(&shop, &payment, "payment.captured", json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::PartlyRefunded);
    shop.close().await;
}

#[tokio::test]
async fn a_chargeback_is_a_refund_that_the_journal_tells_apart() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    let payment = shop.payment_of(&order).await;
    shop.control(&format!("payments/{payment}/chargeback"), json!({})).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!(view.state, OrderState::Refunded);
    assert!(view.journal.iter().any(|entry| entry.detail.contains("taken back by the shopper's bank")));
    shop.close().await;
}

#[tokio::test]
async fn a_wrong_amount_that_is_refunded_in_full_leaves_review() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    send(&shop, &payment, "payment.captured", json!({ "data.amount": 12 })).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::NeedsReview);
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.control(&format!("payments/{payment}/refund"), json!({})).await;
    shop.settle().await;
    let mut db = shop.state.pool.acquire().await.unwrap();
    assert_eq!(noren::server::orders::refunded_minor(&mut db, &order.id).await.unwrap(), 1200);
    drop(db);
    assert_eq!(shop.stock(TEA).await.1, 0);
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded);
    shop.close().await;
}
