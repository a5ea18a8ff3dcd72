//! Signed webhooks that say what no real one would: they are kept for a person, and hold nobody else up.

use crate::shop::{CARD, TEA, TestOrder, TestShop};
use noren::domain::OrderState;
use serde_json::{Value, json};
use sqlx::Row;

async fn paid(shop: &TestShop) -> (TestOrder, String) {
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    let payment = shop.payment_of(&order).await;
    (order, payment)
}

async fn send(shop: &TestShop, payment: &str, kind: &str, amend: Value) {
    let answer = shop.control("send", json!({ "payment": payment, "type": kind, "amend": amend })).await;
    assert_eq!(answer["status"], 200, "it could not be kept: {answer}");
}

/// The dead letters, by why.
async fn dead(shop: &TestShop) -> Vec<String> {
    let rows = sqlx::query("select outcome from inbox where state = 'dead'").fetch_all(&shop.state.pool).await;
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_name_that_no_column_takes_is_kept_for_a_person() {
    let shop = TestShop::open().await;
    let (order, payment) = paid(&shop).await;
    // Nothing that could be compressed to fit into an index after all.
    let long: String = (0..9_000_u32).map(|at| char::from_u32(0x4e00 + at * 7_919 % 20_000).unwrap()).collect();
    for (place, name) in [("id", "evt\0"), ("id", &long), ("data.id", "pay\0"), ("data.id", &long), ("type", "a\0b")] {
        send(&shop, &payment, "payment.captured", json!({ place: name, "created_at": long.len() })).await;
    }
    shop.settle().await;
    let dead = dead(&shop).await;
    assert_eq!(dead.len(), 5, "{dead:?}");
    assert!(dead.iter().all(|why| why.contains("zero byte") || why.contains("longer than any real one")), "{dead:?}");
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}

#[tokio::test]
async fn a_notice_that_the_database_refuses_is_a_dead_letter_in_the_end() {
    let shop = TestShop::open().await;
    let (order, payment) = paid(&shop).await;
    shop.control(&format!("payments/{payment}/refund"), json!({ "amount": 100 })).await;
    shop.settle().await;
    // Their sum is more than any column holds.
    let refund = |id: &str| json!({ "id": id, "amount": i64::MAX, "currency": "JPY", "chargeback": false });
    let refunds = json!([refund("one"), refund("two")]);
    send(&shop, &payment, "payment.refunded", json!({ "id": "evt_much", "data.refunds": refunds })).await;
    for _ in 0..13 {
        shop.settle_once().await;
        shop.forward(13 * 3600).await;
    }
    assert_eq!(dead(&shop).await, ["the database refused what it would do"]);
    assert_eq!(shop.order_state(&order).await, OrderState::PartlyRefunded, "nothing of it was done");
    let (other, _) = paid(&shop).await;
    assert_eq!(shop.order_state(&other).await, OrderState::Fulfilled, "others are served meanwhile");
    shop.close().await;
}
