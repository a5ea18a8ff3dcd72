//! A provider that says no, fails, or does its work and is not heard.

use super::paying::is_fulfilled;
use crate::shop::TestShop;
use crate::tills::{GOODS, Till};
use noren::domain::Problem;
use serde_json::json;

/// The shopper is told, nothing is held, and the next press works.
async fn is_told(till: Till, status: u16, problem: Problem) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let basket = till.basket(&shop).await;
    let fault = json!({ "status": status });
    till.trouble(&shop, json!([fault, fault])).await;
    assert_eq!(shop.start_with(&basket, till.method()).await, Err(problem), "{status}");
    assert_eq!(shop.stock(GOODS).await, (stock, 0), "{status}");
    till.trouble(&shop, json!([])).await;
    let next = shop.start_with(&basket, till.method()).await.unwrap();
    let order = till.follow(&shop, basket, next).await;
    assert_eq!(till.open_sessions(&shop).await, 1, "{status}");
    till.pay(&shop, &order).await;
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn unauthorised(till: Till) {
    is_told(till, 401, Problem::ProviderRefused).await;
}

pub async fn refused(till: Till) {
    is_told(till, 400, Problem::ProviderRefused).await;
    is_told(till, 403, Problem::ProviderRefused).await;
}

pub async fn failing(till: Till) {
    is_told(till, 500, Problem::ProviderBusy).await;
    is_told(till, 503, Problem::ProviderBusy).await;
}

pub async fn answer_lost(till: Till) {
    for fault in [json!({ "hang_after_work": true }), json!({ "half": true })] {
        let shop = TestShop::open().await;
        let (stock, _) = shop.stock(GOODS).await;
        let basket = till.basket(&shop).await;
        till.trouble(&shop, json!([fault])).await;
        let next = shop.start_with(&basket, till.method()).await.unwrap();
        let order = till.follow(&shop, basket, next).await;
        // BPC makes a second session and cannot be asked for the first; nobody has that one's address.
        let made = if till == Till::Bpc { 2 } else { 1 };
        assert_eq!(till.open_sessions(&shop).await, made, "{fault}");
        till.pay(&shop, &order).await;
        shop.settle().await;
        is_fulfilled(&shop, &order, stock).await;
        shop.close().await;
    }
}
