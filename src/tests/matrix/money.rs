//! Amounts that do not add up, and money that goes back.

use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till};
use noren::domain::OrderState;
use noren::server::order_view::Face;
use serde_json::{Value, json};

async fn goes_to_a_person(till: Till, amend: Value, ours: &'static str) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    till.pay(&shop, &order).await;
    if till == Till::Dojo {
        // Its webhook names neither and its intent cannot be told others: so it is what the shop asked that differs.
        sqlx::query(ours).bind(&order.session).execute(&shop.state.pool).await.unwrap();
    }
    assert_eq!(till.tell(&shop, &order, amend, "right").await["status"], 200);
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face, view.fulfilments), (OrderState::NeedsReview, Face::UnderReview, 0));
    assert!(view.journal.iter().any(|entry| entry.what == "order.needs_review"));
    assert_eq!(shop.stock(GOODS).await.0, stock, "nothing is sold");
    shop.close().await;
}

pub async fn wrong_amount(till: Till) {
    let amend = match till {
        Till::Komoju => json!({ "data.amount": 12, "data.total": 12 }),
        Till::Dojo => json!({}),
        Till::Bpc => json!({ "data.object.amount": 12 }),
        Till::Stablemint => json!({ "amount": 0.12 }),
    };
    goes_to_a_person(till, amend, "update attempts set amount_minor = amount_minor + 1 where session = $1").await;
}

pub async fn wrong_currency(till: Till) {
    let amend = match till {
        Till::Komoju => json!({ "data.currency": "EUR" }),
        Till::Dojo => json!({}),
        Till::Bpc => json!({ "data.object.currency": "usd" }),
        Till::Stablemint => json!({ "currency": "USD" }),
    };
    goes_to_a_person(till, amend, "update attempts set currency = 'EUR' where session = $1").await;
}

async fn fulfilled(till: Till, shop: &TestShop) -> TestOrder {
    let order = till.order(shop).await;
    till.pay(shop, &order).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    order
}

pub async fn refund_in_full(till: Till) {
    let shop = TestShop::open().await;
    let order = fulfilled(till, &shop).await;
    till.act(&shop, &order, "refund", json!({})).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face), (OrderState::Refunded, Face::Refunded(view.total)));
    assert_eq!(view.journal.iter().filter(|entry| entry.what == "order.refund").count(), 1, "counted once");
    shop.close().await;
}

pub async fn refund_in_part(till: Till) {
    let shop = TestShop::open().await;
    let order = fulfilled(till, &shop).await;
    let mut given_back = 0;
    for part in [100, 50] {
        till.act(&shop, &order, "refund", json!({ "amount": part })).await;
        shop.settle().await;
        given_back += part;
        let view = shop.view(&order).await;
        assert_eq!(view.state, OrderState::PartlyRefunded);
        let Face::PartlyRefunded(shown) = view.face else { panic!("{:?}", view.face) };
        assert_eq!(shown.minor, given_back);
    }
    till.act(&shop, &order, "refund", json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded, "the parts add up to the whole");
    shop.close().await;
}
