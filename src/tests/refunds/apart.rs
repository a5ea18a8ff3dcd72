//! What cannot be given back over the API, or was taken back by somebody else; and orders that a refund takes out of review.

use super::{TILLS, books, everything, hear, refunds_in, restocking};
use crate::shop::TestShop;
use crate::tills::{GOODS, Till};
use noren::domain::{Money, OrderState, ProviderName};
use noren::payments::refund::{Done, RefundError, refund};
use noren::server::order_view::Face;
use noren::server::orders::attention;
use serde_json::json;

#[tokio::test]
async fn what_the_shoppers_bank_took_back_is_shown_as_that_and_cannot_be_given_back_too() {
    let shop = TestShop::open().await;
    let order = Till::Komoju.fulfilled(&shop).await;
    let (stock, _) = shop.stock(GOODS).await;
    let payment = shop.payment_of(&order).await;
    shop.control(&format!("payments/{payment}/chargeback"), json!({})).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face), (OrderState::Refunded, Face::ChargedBack(view.total)));
    assert_eq!(shop.stock(GOODS).await.0, stock);
    let listed = attention::chargebacks(&mut shop.state.pool.acquire().await.unwrap(), 0).await.unwrap();
    assert!(listed.len() == 1 && listed[0].starts_with(&order.id), "{listed:?}");
    let refused = refund(&shop.state, &order.id, &everything()).await;
    assert!(matches!(refused, Err(RefundError::NothingLeft(_))), "{refused:?}");
    shop.close().await;
}

#[tokio::test]
async fn where_the_api_gives_nothing_back_the_command_says_what_to_do() {
    let shop = TestShop::open().await;
    let order = Till::Stablemint.fulfilled(&shop).await;
    let error = refund(&shop.state, &order.id, &everything()).await.unwrap_err();
    assert!(error.to_string().contains("Make a transfer by hand"), "{error}");
    assert_eq!(refunds_in(&shop, "refused").await, 1);

    let basket = shop.basket(&[(GOODS, 1)]).await;
    let next = shop.start(&basket, "konbini").await.unwrap();
    let slip = shop.test_order(basket, next).await;
    shop.issue_slip(&slip).await;
    shop.settle().await;
    let unpaid = refund(&shop.state, &slip.id, &everything()).await;
    assert!(matches!(unpaid, Err(RefundError::OnlyPromised(_))), "{unpaid:?}");
    let payment = shop.payment_of(&slip).await;
    shop.control(&format!("payments/{payment}/capture"), json!({})).await;
    shop.settle().await;
    let error = refund(&shop.state, &slip.id, &everything()).await.unwrap_err();
    assert!(error.to_string().contains("refund request in KOMOJU’s dashboard"), "{error}");
    assert_eq!(shop.order_state(&slip).await, OrderState::Fulfilled);
    let none = refund(&shop.state, "N-0", &everything()).await;
    assert!(matches!(none, Err(RefundError::NoSuchOrder(_))), "{none:?}");
    shop.close().await;
}

#[tokio::test]
async fn a_payment_that_is_divided_among_sellers_is_not_given_back_at_the_platforms_cost() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(crate::platform::BOWL, 1)], "credit_card").await;
    assert!(shop.pay(&order, crate::shop::CARD).await);
    shop.settle().await;
    let refused = refund(&shop.state, &order.id, &everything()).await;
    assert!(matches!(refused, Err(RefundError::Divided(ProviderName::Komoju))), "{refused:?}");
    assert_eq!(books(Till::Komoju, &shop).await, (0, 0));
    shop.close().await;
}

#[tokio::test]
async fn money_that_came_after_the_last_unit_was_gone_is_given_back_with_the_command_that_the_journal_names() {
    for till in TILLS {
        let shop = TestShop::open().await;
        sqlx::query("update variants set stock = 1 where id = $1").bind(GOODS).execute(&shop.state.pool).await.unwrap();
        let order = till.order(&shop).await;
        shop.control("deliveries", json!({ "mode": "paused" })).await;
        till.pay(&shop, &order).await;
        // The shop gave up too early, and somebody else bought the last one.
        sqlx::query("update attempts set state = 'expired'").execute(&shop.state.pool).await.unwrap();
        sqlx::query("update holds set state = 'released'").execute(&shop.state.pool).await.unwrap();
        sqlx::query("update variants set stock = 0, held = 0 where id = $1")
            .bind(GOODS)
            .execute(&shop.state.pool)
            .await
            .unwrap();
        hear(&shop).await;
        let view = shop.view(&order).await;
        assert_eq!(view.state, OrderState::NeedsReview, "{till:?}");
        let command = format!("`noren refund {}`", order.id);
        assert!(view.journal.iter().any(|entry| entry.detail.contains(&command)), "{till:?}");
        let listed = attention::under_review(&mut shop.state.pool.acquire().await.unwrap()).await.unwrap();
        assert!(listed.iter().any(|line| line.contains(&command)), "{till:?}: {listed:?}");
        refund(&shop.state, &order.id, &restocking()).await.unwrap();
        shop.settle().await;
        assert_eq!(shop.order_state(&order).await, OrderState::Refunded, "{till:?}");
        assert_eq!(shop.stock(GOODS).await, (0, 0), "{till:?}: it never had a unit to put back");
        shop.close().await;
    }
}

#[tokio::test]
async fn an_order_that_was_paid_otherwise_than_asked_leaves_review_when_all_of_it_is_given_back() {
    let shop = TestShop::open().await;
    let order = Till::Komoju.order(&shop).await;
    // The shop asked for more than the page did.
    for sql in [
        "update attempts set amount_minor = amount_minor + 50",
        "update orders set total_minor = total_minor + 50",
        "update order_lines set unit_minor = unit_minor + 50",
    ] {
        sqlx::query(sql).execute(&shop.state.pool).await.unwrap();
    }
    Till::Komoju.pay(&shop, &order).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::NeedsReview);
    let done = refund(&shop.state, &order.id, &everything()).await.unwrap();
    let asked = shop.view(&order).await.total;
    let amount = Money::new(asked.minor - 50, asked.currency);
    assert_eq!(done, Done::Made { provider: ProviderName::Komoju, amount, restock: false }, "what was captured");
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded);
    shop.close().await;
}
