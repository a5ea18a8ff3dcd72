//! Refunds whose answer was lost: found out about, by the next command or by the sweep, and never made twice.

use super::{books, everything, hear, part, refunds_in, restocking, two_hundred};
use crate::shop::{TestOrder, TestShop};
use crate::tills::Till;
use noren::domain::OrderState;
use noren::payments::refund::{Done, RefundError, Wish, refund, sweep};
use noren::server::orders::attention;
use serde_json::{Value, json};

fn hundred(till: Till) -> Wish {
    part(if till == Till::Komoju { "100" } else { "1.00" })
}

/// What happens to the next call that makes a refund.
async fn trouble(till: Till, shop: &TestShop, fault: Value) {
    let path = match till {
        Till::Komoju => "payments",
        Till::Dojo => "payment-intents",
        Till::Bpc => "refunds",
        Till::Stablemint => panic!("it has no refunds"),
    };
    let mut fault = fault;
    fault["provider"] = json!(till.code());
    fault["path"] = json!(path);
    fault["method"] = json!("POST");
    shop.control("answers", json!({ "next": [fault] })).await;
}

/// The provider does its work and is not heard.
async fn lost(till: Till, fault: Value) -> (TestShop, TestOrder) {
    let shop = TestShop::open().await;
    let order = till.fulfilled(&shop).await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    trouble(till, &shop, fault).await;
    let answer = refund(&shop.state, &order.id, &two_hundred(till)).await;
    assert!(matches!(answer, Err(RefundError::Unknown { .. })), "{till:?}: {answer:?}");
    assert_eq!(books(till, &shop).await.1, 200, "{till:?}: the work was done");
    (shop, order)
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_found_by_the_next_command_and_not_made_twice() {
    for till in [Till::Komoju, Till::Dojo] {
        for fault in
            [json!({ "hang_after_work": true }), json!({ "half": true }), json!({ "status": 502, "work": true })]
        {
            let (shop, order) = lost(till, fault.clone()).await;
            let done = refund(&shop.state, &order.id, &two_hundred(till)).await.unwrap();
            assert!(matches!(done, Done::EarlierMade(amount) if amount.minor == 200), "{till:?} {fault}: {done:?}");
            hear(&shop).await;
            assert_eq!(books(till, &shop).await, (1, 200), "{till:?} {fault}");
            assert_eq!(shop.order_state(&order).await, OrderState::PartlyRefunded, "{till:?} {fault}");
            // Now that its end is known, a second one is a second one.
            refund(&shop.state, &order.id, &two_hundred(till)).await.unwrap();
            shop.settle().await;
            assert_eq!(books(till, &shop).await, (2, 400), "{till:?} {fault}");
            shop.close().await;
        }
    }
}

#[tokio::test]
async fn the_sweep_finds_out_about_a_lost_answer_and_asks_again_only_for_what_was_not_made() {
    for till in [Till::Komoju, Till::Dojo] {
        let (shop, order) = lost(till, json!({ "hang_after_work": true })).await;
        shop.forward(61).await;
        sweep(&shop.state).await.unwrap();
        assert_eq!(refunds_in(&shop, "made").await, 1, "{till:?}");
        hear(&shop).await;
        assert_eq!(books(till, &shop).await, (1, 200), "{till:?}");
        // This one was not made, although the shop cannot know it from a 500.
        trouble(till, &shop, json!({ "status": 500 })).await;
        let answer = refund(&shop.state, &order.id, &two_hundred(till)).await;
        assert!(matches!(answer, Err(RefundError::Unknown { .. })), "{till:?}: {answer:?}");
        assert_eq!(books(till, &shop).await, (1, 200), "{till:?}");
        shop.forward(61).await;
        sweep(&shop.state).await.unwrap();
        sweep(&shop.state).await.unwrap();
        shop.settle().await;
        assert_eq!(books(till, &shop).await, (2, 400), "{till:?}");
        assert_eq!(refunds_in(&shop, "settled").await, 2, "{till:?}");
        shop.close().await;
    }
}

#[tokio::test]
async fn a_process_that_died_between_writing_down_and_hearing_leaves_a_refund_that_is_made_once() {
    for till in [Till::Komoju, Till::Dojo] {
        let shop = TestShop::open().await;
        let order = till.fulfilled(&shop).await;
        refund(&shop.state, &order.id, &hundred(till)).await.unwrap();
        shop.settle().await;
        for was_made in [true, false] {
            // As the process left it: after the provider's work, or before it.
            if was_made {
                shop.control("deliveries", json!({ "mode": "paused" })).await;
                refund(&shop.state, &order.id, &hundred(till)).await.unwrap();
                hold_back(&shop, "made").await;
            } else {
                trouble(till, &shop, json!({ "status": 503 })).await;
                refund(&shop.state, &order.id, &hundred(till)).await.unwrap_err();
                hold_back(&shop, "asked").await;
            }
            let blocked = refund(&shop.state, &order.id, &hundred(till)).await;
            assert!(matches!(blocked, Err(RefundError::UnderWay)), "{till:?} {was_made}: {blocked:?}");
            shop.forward(61).await;
            sweep(&shop.state).await.unwrap();
            hear(&shop).await;
        }
        assert_eq!(books(till, &shop).await, (3, 300), "{till:?}");
        assert_eq!(refunds_in(&shop, "settled").await, 3, "{till:?}");
        shop.close().await;
    }
}

/// The row of a process that died with its lease.
async fn hold_back(shop: &TestShop, state: &str) {
    let lease = shop.state.clock.now() + 60_000;
    let done = sqlx::query("update asked_refunds set state = 'asked', lease_until = $2, tries = 0 where state = $1")
        .bind(state)
        .bind(lease)
        .execute(&shop.state.pool)
        .await
        .unwrap();
    assert_eq!(done.rows_affected(), 1);
}

#[tokio::test]
async fn where_nobody_can_be_asked_a_lost_refund_is_settled_by_its_webhook_and_never_asked_for_again() {
    let (shop, order) = lost(Till::Bpc, json!({ "hang_after_work": true })).await;
    for _ in 0..3 {
        shop.forward(2 * 3600).await;
        sweep(&shop.state).await.unwrap();
        let blocked = refund(&shop.state, &order.id, &two_hundred(Till::Bpc)).await;
        assert!(matches!(blocked, Err(RefundError::Unknown { .. })), "{blocked:?}");
    }
    let listed = attention::unknown_refunds(&mut shop.state.pool.acquire().await.unwrap()).await.unwrap();
    assert!(listed.len() == 1 && listed[0].contains(&order.id), "{listed:?}");
    assert_eq!(books(Till::Bpc, &shop).await.1, 200, "not asked for again");
    hear(&shop).await;
    assert_eq!(shop.order_state(&order).await, OrderState::PartlyRefunded);
    assert_eq!(refunds_in(&shop, "settled").await, 1);
    refund(&shop.state, &order.id, &everything()).await.unwrap();
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded);
    shop.close().await;
}

#[tokio::test]
async fn a_merchant_who_looked_into_the_dashboard_ends_what_nobody_can_be_asked_about() {
    let shop = TestShop::open().await;
    let order = Till::Bpc.fulfilled(&shop).await;
    let was_not_made = Wish { was_not_made: true, ..Wish::default() };
    let nothing = refund(&shop.state, &order.id, &was_not_made).await;
    assert!(matches!(nothing, Err(RefundError::NothingUnfinished)), "{nothing:?}");
    trouble(Till::Bpc, &shop, json!({ "status": 500 })).await;
    refund(&shop.state, &order.id, &restocking()).await.unwrap_err();
    let total = shop.view(&order).await.total;
    let done = refund(&shop.state, &order.id, &was_not_made).await.unwrap();
    assert_eq!(done, Done::EarlierNotMade(total));
    assert_eq!(books(Till::Bpc, &shop).await, (0, 0));
    refund(&shop.state, &order.id, &everything()).await.unwrap();
    shop.settle().await;
    assert_eq!(books(Till::Bpc, &shop).await, (1, total.minor));
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded);
    shop.close().await;
}

#[tokio::test]
async fn a_refund_of_the_same_amount_in_the_dashboard_is_not_taken_for_the_lost_one() {
    let shop = TestShop::open().await;
    let order = Till::Komoju.fulfilled(&shop).await;
    trouble(Till::Komoju, &shop, json!({ "status": 500 })).await;
    refund(&shop.state, &order.id, &two_hundred(Till::Komoju)).await.unwrap_err();
    Till::Komoju.act(&shop, &order, "refund", json!({ "amount": 200 })).await;
    shop.settle().await;
    assert_eq!(refunds_in(&shop, "asked").await, 1, "KOMOJU says whose it is");
    let unclear = refund(&shop.state, &order.id, &two_hundred(Till::Komoju)).await;
    assert!(matches!(unclear, Err(RefundError::Unknown { .. })), "a person has made it by hand: {unclear:?}");
    refund(&shop.state, &order.id, &Wish { was_not_made: true, ..Wish::default() }).await.unwrap();
    assert_eq!(books(Till::Komoju, &shop).await, (1, 200));
    shop.close().await;
}
