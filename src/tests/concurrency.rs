//! What happens at the same moment. On several threads, with the loops of `noren serve` beside them, and several times
//! over: what must not happen must not happen in any of them.

use crate::invariants;
use crate::shop::{TestOrder, TestShop, contact};
use crate::tills::{GOODS, Till};
use noren::domain::{OrderState, Problem};
use noren::payments::checkout::{self, Next};
use noren::payments::{inbox, sweep};
use noren::server::order_view::Face;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A shop whose inbox and sweep run, as in `noren serve`.
struct Busy {
    shop: Arc<TestShop>,
    stop: CancellationToken,
}

impl Busy {
    async fn open() -> Busy {
        let shop = Arc::new(TestShop::open().await);
        let stop = CancellationToken::new();
        tokio::spawn(inbox::run(shop.state.clone(), stop.clone()));
        tokio::spawn(sweep::run(shop.state.clone(), stop.clone()));
        Busy { shop, stop }
    }

    async fn set_stock(&self, units: i64) {
        let sql = "update variants set stock = $1 where id = $2";
        sqlx::query(sql).bind(units).bind(GOODS).execute(&self.shop.state.pool).await.unwrap();
    }

    /// Lets everything that is under way end, and looks whether it adds up.
    async fn rest(self) -> Arc<TestShop> {
        self.shop.settle().await;
        self.stop.cancel();
        self.shop.settle().await;
        assert_eq!(invariants::check_at_rest(&self.shop.state.pool).await, Vec::<String>::new());
        self.shop
    }
}

async fn close(shop: Arc<TestShop>) {
    Arc::into_inner(shop).expect("no task has the shop any more").close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twelve_shoppers_with_four_providers_as_many_get_to_pay_as_there_are_units() {
    let busy = Busy::open().await;
    busy.set_stock(5).await;
    let mut baskets = Vec::new();
    for till in Till::ALL.into_iter().cycle().take(12) {
        baskets.push((till, till.basket(&busy.shop).await));
    }
    let mut shoppers = Vec::new();
    for (till, basket) in baskets {
        let shop = Arc::clone(&busy.shop);
        shoppers.push(tokio::spawn(async move {
            let next = shop.start_with(&basket, till.method()).await?;
            let order = till.follow(&shop, basket, next).await;
            till.pay(&shop, &order).await;
            Ok::<_, Problem>(order)
        }));
    }
    let mut sold_out = 0;
    let mut orders: Vec<TestOrder> = Vec::new();
    for shopper in shoppers {
        match shopper.await.unwrap() {
            Ok(order) => orders.push(order),
            Err(problem) => {
                assert_eq!(problem, Problem::SoldOut);
                sold_out += 1;
            }
        }
    }
    assert_eq!((orders.len(), sold_out), (5, 7));
    let shop = busy.rest().await;
    for order in &orders {
        assert_eq!(shop.order_state(order).await, OrderState::Fulfilled);
    }
    assert_eq!(shop.stock(GOODS).await, (0, 0));
    close(shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tabs_that_choose_different_ways_to_pay_leave_one_page_that_can_be_paid_on() {
    let busy = Busy::open().await;
    for _ in 0..8 {
        let basket = Till::Komoju.basket(&busy.shop).await;
        let tabs = ["komoju/credit_card", "komoju/konbini", "komoju/credit_card"].map(|method| {
            let (state, basket) = (busy.shop.state.clone(), basket.clone());
            tokio::spawn(async move { checkout::start(&state, &basket, contact(), method, "en").await })
        });
        let mut pages = Vec::new();
        for tab in tabs {
            if let Ok(Next::HostedPage(page)) = tab.await.unwrap() {
                pages.push(page);
            }
        }
        assert!(!pages.is_empty(), "somebody gets to pay");
        let state = busy.shop.simulated().await;
        let payable = state["sessions"].as_array().unwrap().iter().filter(|session| session["status"] == "pending");
        let payable: Vec<&str> = payable.filter_map(|session| session["session_url"].as_str()).collect();
        assert_eq!(payable.len(), 1, "{payable:?}");
        assert!(pages.iter().any(|page| page == payable[0]), "and it is a page that somebody was sent to");
        let next = Next::HostedPage(payable[0].to_owned());
        let order = busy.shop.test_order(basket, next).await;
        assert_eq!(checkout::cancel(&busy.shop.state, &order.token).await, Ok(()));
    }
    close(busy.rest().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_webhook_and_the_return_in_the_same_moment_end_on_a_complete_page() {
    let busy = Busy::open().await;
    let mut orders = Vec::new();
    for till in Till::ALL {
        for _ in 0..3 {
            let order = till.order(&busy.shop).await;
            hold_back(&busy.shop).await;
            till.pay(&busy.shop, &order).await;
            let page = format!("{}/orders/{}?back=success", busy.shop.url, order.token);
            let returns: Vec<_> = (0..5).map(|_| tokio::spawn(busy.shop.http.get(&page).send())).collect();
            let_go(&busy.shop).await;
            for answer in returns {
                assert!(answer.await.unwrap().unwrap().status().is_success());
            }
            orders.push(order);
        }
    }
    let shop = busy.rest().await;
    for order in &orders {
        let view = shop.view(order).await;
        assert_eq!((view.face, view.fulfilments), (Face::Complete, 1));
    }
    close(shop).await;
}

/// Of the last unit: paid in the last minute, not heard of, its hold over, and somebody else after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn money_that_arrives_while_its_hold_runs_out_is_fulfilled_or_waits_for_a_person() {
    for till in Till::ALL {
        for _ in 0..3 {
            let busy = Busy::open().await;
            busy.set_stock(1).await;
            let rival = till.basket(&busy.shop).await;
            let order = till.order(&busy.shop).await;
            hold_back(&busy.shop).await;
            till.pay(&busy.shop, &order).await;
            busy.shop.forward(3 * 3600).await;
            let state = busy.shop.state.clone();
            let swept = tokio::spawn(async move { sweep::sweep(&state).await });
            let state = busy.shop.state.clone();
            let rival =
                tokio::spawn(async move { checkout::start(&state, &rival, contact(), till.method(), "en").await });
            let_go(&busy.shop).await;
            swept.await.unwrap().unwrap();
            let rival = rival.await.unwrap();
            let shop = busy.rest().await;
            let view = shop.view(&order).await;
            let (state, stock) = (view.state, shop.stock(GOODS).await);
            match rival {
                Err(_) => assert_eq!((state, stock), (OrderState::Fulfilled, (0, 0)), "{till:?}"),
                Ok(_) => assert_eq!((state, stock), (OrderState::NeedsReview, (1, 1)), "{till:?}"),
            }
            close(shop).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_gives_up_and_pays_in_the_same_moment_has_done_one_of_the_two() {
    let busy = Busy::open().await;
    for till in Till::ALL {
        for _ in 0..4 {
            let order = Arc::new(till.order(&busy.shop).await);
            let paying = {
                let (shop, order) = (Arc::clone(&busy.shop), Arc::clone(&order));
                tokio::spawn(async move { till.try_to_pay(&shop, &order).await })
            };
            let given_up = checkout::cancel(&busy.shop.state, &order.token).await;
            paying.await.unwrap();
            busy.shop.settle().await;
            let state = busy.shop.order_state(&order).await;
            match given_up {
                Err(_) => {
                    assert!(matches!(state, OrderState::Fulfilled | OrderState::NeedsReview), "{till:?}: {state:?}")
                }
                // Where a session cannot be ended at the provider, the money may still come.
                Ok(()) if till.answers() => assert_eq!(state, OrderState::Cancelled, "{till:?}"),
                Ok(()) => assert!(matches!(state, OrderState::Cancelled | OrderState::NeedsReview), "{state:?}"),
            }
        }
    }
    close(busy.rest().await).await;
}

async fn hold_back(shop: &TestShop) {
    shop.control("deliveries", json!({ "mode": "paused" })).await;
}

async fn let_go(shop: &TestShop) -> Value {
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.control("deliveries/release", json!({})).await
}
