//! Amounts that do not add up, and money that goes back.

use crate::shop::TestShop;
use crate::tills::{GOODS, Till};
use noren::domain::OrderState;
use noren::server::order_view::Face;
use serde_json::json;

/// `fault` is the simulator's: it signs what is not true.
async fn goes_to_a_person(till: Till, fault: &str) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    let plan = json!({ "when": { "provider": till.code() }, "what": { "kind": fault } });
    shop.control("faults", json!({ "faults": [plan] })).await;
    till.pay(&shop, &order).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face, view.fulfilments), (OrderState::NeedsReview, Face::UnderReview, 0));
    assert!(view.journal.iter().any(|entry| entry.what == "order.needs_review"));
    assert_eq!(shop.stock(GOODS).await.0, stock, "nothing is sold");
    shop.close().await;
}

pub async fn wrong_amount(till: Till) {
    goes_to_a_person(till, "wrong_amount").await;
}

pub async fn wrong_currency(till: Till) {
    goes_to_a_person(till, "wrong_currency").await;
}

pub async fn refund_in_full(till: Till) {
    let shop = TestShop::open().await;
    let order = till.fulfilled(&shop).await;
    till.act(&shop, &order, "refund", json!({})).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face), (OrderState::Refunded, Face::Refunded(view.total)));
    assert_eq!(view.journal.iter().filter(|entry| entry.what == "order.refund").count(), 1, "counted once");
    shop.close().await;
}

pub async fn refund_in_part(till: Till) {
    let shop = TestShop::open().await;
    let order = till.fulfilled(&shop).await;
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
