//! `noren refund`: what the merchant gives back, counted in the provider's own books, whatever is lost on the way.

mod apart;
mod lost;
mod made;

use crate::shop::TestShop;
use crate::tills::Till;
use noren::payments::refund::Wish;
use serde_json::json;
use sqlx::Row;

const TILLS: [Till; 3] = [Till::Komoju, Till::Dojo, Till::Bpc];

fn part(amount: &str) -> Wish {
    Wish { amount: Some(amount.to_owned()), ..Wish::default() }
}

/// ¥200, £2.00, €2.00.
fn two_hundred(till: Till) -> Wish {
    part(if till == Till::Komoju { "200" } else { "2.00" })
}

fn everything() -> Wish {
    Wish::default()
}

fn restocking() -> Wish {
    Wish { restock: true, ..Wish::default() }
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

async fn refunds_in(shop: &TestShop, state: &str) -> i64 {
    let row = sqlx::query("select count(*) from asked_refunds where state = $1").bind(state);
    row.fetch_one(&shop.state.pool).await.unwrap().try_get(0).unwrap()
}

async fn hear(shop: &TestShop) {
    shop.control("deliveries", json!({ "mode": "now" })).await;
    shop.control("deliveries/release", json!({})).await;
    shop.settle().await;
}
