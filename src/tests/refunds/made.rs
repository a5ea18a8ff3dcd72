//! Refunds that go as they should: all, parts, at once, with and without their things, and beside the dashboard's.

use super::{TILLS, books, everything, hear, part, refunds_in, restocking, two_hundred};
use crate::shop::TestShop;
use crate::tills::GOODS;
use noren::domain::{Money, OrderState};
use noren::payments::refund::{Done, RefundError, Wish, refund};
use noren::server::order_view::Face;
use noren::server::orders::attention;
use serde_json::json;
use sqlx::Row;

async fn untold(shop: &TestShop) -> Vec<String> {
    let now = shop.state.clock.now();
    attention::untold_refunds(&mut shop.state.pool.acquire().await.unwrap(), now).await.unwrap()
}

async fn count(shop: &TestShop, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(&shop.state.pool).await.unwrap().try_get(0).unwrap()
}

#[tokio::test]
async fn all_of_it_goes_back_and_the_order_says_so_only_when_the_webhook_comes() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = till.fulfilled(&shop).await;
        let (stock, _) = shop.stock(GOODS).await;
        let total = shop.view(&order).await.total;
        shop.control("deliveries", json!({ "mode": "paused" })).await;
        let done = refund(&shop.state, &order.id, &everything()).await.unwrap();
        assert_eq!(done, Done::Made { provider: till.name(), amount: total, restock: false }, "{till:?}");
        assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled, "{till:?}: no webhook has said so");
        let again = refund(&shop.state, &order.id, &everything()).await;
        assert!(matches!(again, Err(RefundError::NothingLeft(_))), "{till:?}: {again:?}");
        assert!(untold(&shop).await[0].starts_with(&order.id), "{till:?}: `noren doctor` lists it meanwhile");
        hear(&shop).await;
        assert_eq!(untold(&shop).await, [] as [String; 0], "{till:?}");
        let view = shop.view(&order).await;
        assert_eq!((view.state, view.face), (OrderState::Refunded, Face::Refunded(total)), "{till:?}");
        assert_eq!(books(till, &shop).await, (1, total.minor), "{till:?}");
        assert_eq!(refunds_in(&shop, "settled").await, 1, "{till:?}: the event was matched with what was asked");
        assert_eq!(shop.stock(GOODS).await.0, stock, "{till:?}: nobody said that the things came back");
        shop.close().await;
    }
}

#[tokio::test]
async fn two_parts_and_the_rest_add_up_and_nothing_more_can_be_given_back() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = till.fulfilled(&shop).await;
        let total = shop.view(&order).await.total;
        let too_much = refund(&shop.state, &order.id, &part("100000")).await;
        assert!(matches!(too_much, Err(RefundError::TooMuch { .. })), "{till:?}: {too_much:?}");
        for nonsense in ["0", "-2", "2.005", "two"] {
            let refused = refund(&shop.state, &order.id, &part(nonsense)).await;
            assert!(matches!(refused, Err(RefundError::NoAmount(_))), "{till:?} {nonsense}: {refused:?}");
        }
        // The second does not wait for the first one's webhook.
        for _ in 0..2 {
            refund(&shop.state, &order.id, &two_hundred(till)).await.unwrap();
        }
        shop.settle().await;
        let view = shop.view(&order).await;
        assert_eq!(view.face, Face::PartlyRefunded(Money::new(400, total.currency)), "{till:?}");
        assert_eq!(books(till, &shop).await, (2, 400), "{till:?}");
        assert_eq!(refunds_in(&shop, "settled").await, 2, "{till:?}");
        refund(&shop.state, &order.id, &everything()).await.unwrap();
        shop.settle().await;
        assert_eq!(shop.order_state(&order).await, OrderState::Refunded, "{till:?}");
        assert_eq!(books(till, &shop).await, (3, total.minor), "{till:?}");
        assert_eq!(count(&shop, "select count(*) from refunds").await, 3, "{till:?}: each counted once");
        shop.close().await;
    }
}

#[tokio::test]
async fn commands_that_run_at_once_never_give_back_more_than_was_paid() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = till.fulfilled(&shop).await;
        let total = shop.view(&order).await.total;
        let wish = part(&Money::new(total.minor - 100, total.currency).to_decimal());
        let commands = (0..4).map(|_| {
            let (state, order, wish) = (shop.state.clone(), order.id.clone(), wish.clone());
            tokio::spawn(async move { refund(&state, &order, &wish).await.is_ok() })
        });
        let mut made = 0;
        for command in commands.collect::<Vec<_>>() {
            made += usize::from(command.await.unwrap());
        }
        shop.settle().await;
        assert!(made >= 1, "{till:?}");
        assert_eq!(books(till, &shop).await, (1, total.minor - 100), "{till:?}");
        assert_eq!(count(&shop, "select count(*) from asked_refunds where state <> 'settled'").await, 0, "{till:?}");
        shop.close().await;
    }
}

#[tokio::test]
async fn things_come_back_into_stock_once_when_the_merchant_says_so_and_the_webhook_has_come() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = till.fulfilled(&shop).await;
        let (stock, held) = shop.stock(GOODS).await;
        let of_a_part = refund(&shop.state, &order.id, &Wish { restock: true, ..two_hundred(till) }).await;
        assert!(matches!(of_a_part, Err(RefundError::RestockNeedsAll)), "{till:?}: {of_a_part:?}");
        shop.control("deliveries", json!({ "mode": "paused" })).await;
        refund(&shop.state, &order.id, &restocking()).await.unwrap();
        assert_eq!(shop.stock(GOODS).await, (stock, held), "{till:?}: not before the webhook");
        hear(&shop).await;
        assert_eq!(shop.stock(GOODS).await, (stock + 1, held), "{till:?}");
        assert!(shop.journal(&order).await.contains(&"order.restocked".to_owned()));
        // The same news once more.
        let again = "update inbox set state = 'received', settled_at = null, next_try_at = 0, lease_until = 0
                     where outcome <> 'the order is paid and fulfilled'";
        sqlx::query(again).execute(&shop.state.pool).await.unwrap();
        shop.settle().await;
        assert_eq!(shop.stock(GOODS).await, (stock + 1, held), "{till:?}: once");
        shop.close().await;
    }
}

#[tokio::test]
async fn what_the_dashboard_gave_back_counts_but_puts_nothing_back_into_stock() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = till.fulfilled(&shop).await;
        let (stock, _) = shop.stock(GOODS).await;
        let total = shop.view(&order).await.total;
        // The shop has not heard of it, and its provider may say so.
        shop.control("deliveries", json!({ "mode": "paused" })).await;
        till.act(&shop, &order, "refund", json!({ "amount": 200 })).await;
        let too_much = part(&Money::new(total.minor - 100, total.currency).to_decimal());
        let refused = refund(&shop.state, &order.id, &too_much).await;
        assert!(
            matches!(refused, Err(RefundError::TooMuch { .. } | RefundError::Refused { .. })),
            "{till:?}: {refused:?}"
        );
        hear(&shop).await;
        assert_eq!(shop.order_state(&order).await, OrderState::PartlyRefunded, "{till:?}");
        till.act(&shop, &order, "refund", json!({})).await;
        shop.settle().await;
        assert_eq!(shop.order_state(&order).await, OrderState::Refunded, "{till:?}");
        assert_eq!(shop.stock(GOODS).await.0, stock, "{till:?}");
        let nothing = refund(&shop.state, &order.id, &restocking()).await;
        assert!(matches!(nothing, Err(RefundError::NothingLeft(_))), "{till:?}: {nothing:?}");
        shop.close().await;
    }
}
