//! `noren refund`: what the merchant gives back, counted in the provider's own books, whatever is lost on the way.

use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till};
use noren::domain::{Money, OrderState, ProviderName};
use noren::payments::refund::{Done, RefundError, Wish, refund, sweep};
use noren::server::order_view::Face;
use noren::server::orders::attention;
use serde_json::{Value, json};
use sqlx::Row;

const TILLS: [Till; 3] = [Till::Komoju, Till::Dojo, Till::Bpc];

fn part(amount: &str) -> Wish {
    Wish { amount: Some(amount.to_owned()), ..Wish::default() }
}

/// ¥200, £2.00, €2.00.
fn two_hundred(till: Till) -> Wish {
    part(if till == Till::Komoju { "200" } else { "2.00" })
}

fn hundred(till: Till) -> Wish {
    part(if till == Till::Komoju { "100" } else { "1.00" })
}

fn everything() -> Wish {
    Wish::default()
}

fn restocking() -> Wish {
    Wish { restock: true, ..Wish::default() }
}

async fn fulfilled(till: Till, shop: &TestShop) -> TestOrder {
    let order = till.order(shop).await;
    till.pay(shop, &order).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    order
}

/// How many refunds the provider has made, and how much they come to, in its own books.
async fn books(till: Till, shop: &TestShop) -> (usize, i64) {
    let state = shop.simulated().await;
    match till {
        Till::Komoju => {
            let refunds = state["payments"][0]["refunds"].as_array().unwrap().clone();
            (refunds.len(), refunds.iter().map(|refund| refund["amount"].as_i64().unwrap()).sum())
        }
        Till::Dojo => {
            let intent = &state["dojo"]["intents"][0];
            let events = intent["paymentEvents"].as_array().unwrap();
            let made = events.iter().filter(|event| event["eventType"] == "Refunded").count();
            (made, intent["refundedAmount"].as_i64().unwrap())
        }
        Till::Bpc => {
            let told = state["deliveries"].as_array().unwrap();
            let made = told.iter().filter(|delivery| delivery["type"] == "refund.succeeded").count();
            (made, state["bpc"]["sessions"][0]["_payments"][0]["amountRefunded"].as_i64().unwrap())
        }
        Till::Stablemint => panic!("it has no refunds"),
    }
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

async fn untold(shop: &TestShop) -> Vec<String> {
    let now = shop.state.clock.now();
    attention::untold_refunds(&mut shop.state.pool.acquire().await.unwrap(), now).await.unwrap()
}

async fn count(shop: &TestShop, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(&shop.state.pool).await.unwrap().try_get(0).unwrap()
}

async fn refunds_in(shop: &TestShop, state: &str) -> i64 {
    let row = sqlx::query("select count(*) from asked_refunds where state = $1").bind(state);
    row.fetch_one(&shop.state.pool).await.unwrap().try_get(0).unwrap()
}

#[tokio::test]
async fn all_of_it_goes_back_and_the_order_says_so_only_when_the_webhook_comes() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = fulfilled(till, &shop).await;
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
        let order = fulfilled(till, &shop).await;
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
        let order = fulfilled(till, &shop).await;
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

/// The provider does its work and is not heard.
async fn lost(till: Till, fault: Value) -> (TestShop, TestOrder) {
    let shop = TestShop::open().await;
    let order = fulfilled(till, &shop).await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    trouble(till, &shop, fault).await;
    let answer = refund(&shop.state, &order.id, &two_hundred(till)).await;
    assert!(matches!(answer, Err(RefundError::Unknown { .. })), "{till:?}: {answer:?}");
    assert_eq!(books(till, &shop).await.1, 200, "{till:?}: the work was done");
    (shop, order)
}

async fn hear(shop: &TestShop) {
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.control("deliveries/release", json!({})).await;
    shop.settle().await;
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_found_by_the_next_command_and_not_made_twice() {
    for till in [Till::Komoju, Till::Dojo] {
        for fault in [json!({ "hang_after_work": true }), json!({ "half": true })] {
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
        let order = fulfilled(till, &shop).await;
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
    let order = fulfilled(Till::Bpc, &shop).await;
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
async fn things_come_back_into_stock_once_when_the_merchant_says_so_and_the_webhook_has_come() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = fulfilled(till, &shop).await;
        let (stock, held) = shop.stock(GOODS).await;
        let of_a_part = refund(&shop.state, &order.id, &Wish { restock: true, ..two_hundred(till) }).await;
        assert!(matches!(of_a_part, Err(RefundError::RestockNeedsAll)), "{till:?}: {of_a_part:?}");
        shop.control("deliveries", json!({ "mode": "paused" })).await;
        refund(&shop.state, &order.id, &restocking()).await.unwrap();
        assert_eq!(shop.stock(GOODS).await, (stock, held), "{till:?}: not before the webhook");
        hear(&shop).await;
        assert_eq!(shop.stock(GOODS).await, (stock + 1, held), "{till:?}");
        assert!(shop.journal(&order).await.contains(&"order.restocked".to_owned()));
        // The same news once more, under another name.
        sqlx::query("update inbox set state = 'received', next_try_at = 0, lease_until = 0")
            .execute(&shop.state.pool)
            .await
            .unwrap();
        shop.settle().await;
        assert_eq!(shop.stock(GOODS).await, (stock + 1, held), "{till:?}: once");
        shop.close().await;
    }
}

#[tokio::test]
async fn what_the_dashboard_gave_back_counts_but_puts_nothing_back_into_stock() {
    for till in TILLS {
        let shop = TestShop::open().await;
        let order = fulfilled(till, &shop).await;
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

#[tokio::test]
async fn a_refund_of_the_same_amount_in_the_dashboard_is_not_taken_for_the_lost_one() {
    let shop = TestShop::open().await;
    let order = fulfilled(Till::Komoju, &shop).await;
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

#[tokio::test]
async fn what_the_shoppers_bank_took_back_is_shown_as_that_and_cannot_be_given_back_too() {
    let shop = TestShop::open().await;
    let order = fulfilled(Till::Komoju, &shop).await;
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
    let order = fulfilled(Till::Stablemint, &shop).await;
    let error = refund(&shop.state, &order.id, &everything()).await.unwrap_err();
    assert!(error.to_string().contains("Make a transfer by hand"), "{error}");
    assert_eq!(refunds_in(&shop, "refused").await, 1);

    let basket = shop.basket(&[(GOODS, 1)]).await;
    let next = shop.start(&basket, "konbini").await.unwrap();
    let slip = shop.test_order(basket, next).await;
    shop.issue_slip(&slip).await;
    shop.settle().await;
    let unpaid = refund(&shop.state, &slip.id, &everything()).await;
    assert!(matches!(unpaid, Err(RefundError::NothingPaid(_))), "{unpaid:?}");
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
    sqlx::query("update attempts set amount_minor = amount_minor + 50").execute(&shop.state.pool).await.unwrap();
    Till::Komoju.pay(&shop, &order).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::NeedsReview);
    let done = refund(&shop.state, &order.id, &everything()).await.unwrap();
    let amount = shop.view(&order).await.total;
    assert_eq!(done, Done::Made { provider: ProviderName::Komoju, amount, restock: false }, "what was captured");
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded);
    shop.close().await;
}
