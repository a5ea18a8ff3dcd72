//! How often somebody may ask, what they read when it was too often, and that it ends.

use super::{Answer, ask, door, form};
use crate::shop::{CARD, TEA, TestShop};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use noren::domain::OrderState;
use noren::server::settings::Settings;
use serde_json::json;
use sqlx::Row;
use std::num::NonZeroU32;

/// The shop with two checkouts a minute, four at once.
fn narrow(settings: &mut Settings) {
    settings.checkouts_per_minute = NonZeroU32::new(2).unwrap();
}

async fn check_out(router: &Router, from: &str, forwarded: Option<&str>) -> Answer {
    let headers: Vec<_> = forwarded.map(|list| ("x-forwarded-for", list)).into_iter().collect();
    ask(router, from, form("/api/start_checkout", &headers, "email=mika@example.com")).await
}

#[tokio::test]
async fn too_many_checkouts_are_asked_to_wait_and_told_how_long() {
    let shop = TestShop::open().await;
    let router = door(&shop, false, narrow);
    for _ in 0..4 {
        assert_eq!(check_out(&router, "198.51.100.1", None).await.status, StatusCode::SEE_OTHER);
    }
    let refused = check_out(&router, "198.51.100.1", None).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    for said in ["One moment, please", "Nothing was charged", &format!("try again in {seconds} seconds")] {
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
    }
    assert_eq!(refused.header("content-security-policy").matches("script-src 'none'").count(), 1);
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(check_out(&router, "198.51.100.2", None).await.status, StatusCode::SEE_OTHER, "somebody else");
    shop.forward(seconds).await;
    assert_eq!(check_out(&router, "198.51.100.1", None).await.status, StatusCode::SEE_OTHER, "who waited that long");
    shop.close().await;
}

#[tokio::test]
async fn what_a_header_claims_about_the_address_is_believed_of_trusted_proxies_only() {
    let shop = TestShop::open().await;
    let router = door(&shop, false, narrow);
    let mut answers = Vec::new();
    for number in 0..5 {
        let claimed = format!("203.0.113.{number}");
        answers.push(check_out(&router, "198.51.100.1", Some(&claimed)).await.status);
    }
    assert_eq!(answers[4], StatusCode::TOO_MANY_REQUESTS, "a new address in the header is no new caller");

    let trusting = door(&shop, false, |settings| {
        narrow(settings);
        settings.trusted_proxies = vec!["198.51.100.0/24".parse().unwrap()];
    });
    for number in 0..5 {
        let claimed = format!("203.0.113.{number}");
        assert_eq!(check_out(&trusting, "198.51.100.1", Some(&claimed)).await.status, StatusCode::SEE_OTHER);
    }
    let mut last = StatusCode::OK;
    for number in 0..5 {
        let claimed = format!("192.0.2.{number}, 203.0.113.99");
        last = check_out(&trusting, "198.51.100.1", Some(&claimed)).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "what stands before the proxy's own entry is made up");
    shop.close().await;
}

#[tokio::test]
async fn trying_out_orders_addresses_ends_soon_and_known_ones_do_not_count() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let router = door(&shop, false, |_| {});
    let page = |token: &str| Request::get(format!("/orders/{token}")).body(Body::empty()).unwrap();
    let version =
        |token: &str| form("/api/read_order_version", &[("accept", "application/json")], &format!("token={token}"));
    for _ in 0..60 {
        assert_eq!(ask(&router, "198.51.100.1", version(&order.token)).await.status, StatusCode::OK);
    }
    let mut found_nothing = 0;
    let refused = loop {
        assert!(found_nothing < 100, "nobody minds");
        let answer = match found_nothing % 2 {
            0 => ask(&router, "198.51.100.1", page(&format!("guess{found_nothing}"))).await,
            _ => ask(&router, "198.51.100.1", version(&format!("guess{found_nothing}"))).await,
        };
        match answer.status {
            StatusCode::NOT_FOUND => found_nothing += 1,
            _ => break answer,
        }
    };
    assert_eq!((refused.status, found_nothing), (StatusCode::TOO_MANY_REQUESTS, 30));
    assert!(refused.body.contains("One moment, please"));
    assert_eq!(ask(&router, "198.51.100.1", page(&order.token)).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(&router, "198.51.100.2", page(&order.token)).await.status, StatusCode::OK, "somebody else");
    shop.forward(refused.header("retry-after").parse().unwrap()).await;
    assert_eq!(ask(&router, "198.51.100.1", page(&order.token)).await.status, StatusCode::OK);
    shop.close().await;
}

#[tokio::test]
async fn a_flood_of_forged_webhooks_is_refused_to_the_last_and_costs_few_writes() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let router = door(&shop, false, |_| {});
    for _ in 0..300 {
        let forged = form("/webhooks/komoju", &[("x-komoju-signature", "00")], "{}");
        let answer = ask(&router, "198.51.100.1", forged).await;
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::UNAUTHORIZED, ""));
    }
    let counted = async || -> i64 {
        let row = sqlx::query("select cast(coalesce(sum(count), 0) as bigint) from forgeries");
        row.fetch_one(&shop.state.pool).await.unwrap().try_get(0).unwrap()
    };
    let written = counted().await;
    assert!((60..300).contains(&written), "{written}");
    // Real ones come from the same address, in the middle of it.
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.forward(10).await;
    let forged = form("/webhooks/komoju", &[("x-komoju-signature", "00")], "{}");
    ask(&router, "198.51.100.1", forged).await;
    assert_eq!(counted().await, 301, "the rest is added with the next one");
    shop.close().await;
}

#[tokio::test]
async fn a_good_webhook_comes_in_after_any_number_of_bad_ones() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    assert!(shop.pay(&order, CARD).await);
    let payment = shop.payment_of(&order).await;
    let send = async |signature: &str| {
        let wish = json!({ "payment": payment, "type": "payment.captured", "signature": signature });
        shop.control("send", wish).await["status"].as_i64().unwrap()
    };
    for _ in 0..80 {
        assert_eq!(send("wrong").await, 401);
    }
    assert_eq!(send("right").await, 200, "the provider's retry after its secret was mended");
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}
