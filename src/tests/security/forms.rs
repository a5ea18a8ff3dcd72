//! Forms that another site's page makes a shopper's browser send.

use super::{ask, door, form};
use crate::shop::{TEA, TestShop};
use axum::http::StatusCode;
use noren::domain::OrderState;
use sqlx::Row;

async fn baskets(shop: &TestShop) -> i64 {
    sqlx::query("select count(*) from baskets").fetch_one(&shop.state.pool).await.unwrap().try_get(0).unwrap()
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let shop = TestShop::open().await;
    let own = shop.state.settings.public_url.clone();
    let router = door(&shop, false, |_| {});
    let add = format!("variant={TEA}&quantity=1");
    for foreign in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", own.as_str()), ("sec-fetch-site", "cross-site")],
        &[("origin", own.as_str()), ("origin", "https://evil.example")],
    ] {
        let answer = ask(&router, "198.51.100.1", form("/api/add_to_basket", foreign, &add)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{foreign:?}");
        assert!(answer.body.contains("the shop's own pages") && !answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(baskets(&shop).await, 0);
    for own in [
        &[("origin", own.as_str())][..],
        &[("origin", own.as_str()), ("sec-fetch-site", "same-origin")],
        // No browser: nobody was tricked.
        &[],
    ] {
        let answer = ask(&router, "198.51.100.1", form("/api/add_to_basket", own, &add)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{own:?}");
    }
    assert_eq!(baskets(&shop).await, 3);
    shop.close().await;
}

#[tokio::test]
async fn an_order_cannot_be_cancelled_or_its_basket_filled_from_another_site() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let router = door(&shop, false, |_| {});
    for path in ["/api/cancel_order", "/api/fill_basket_again", "/api/pay_again", "/api/start_checkout"] {
        let foreign = form(path, &[("origin", "https://evil.example")], &format!("token={}", order.token));
        assert_eq!(ask(&router, "198.51.100.1", foreign).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    assert_eq!(shop.stock(TEA).await.1, 1, "its stock is still held");
    shop.close().await;
}

#[tokio::test]
async fn a_providers_post_to_an_orders_page_only_leads_to_the_page() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    let router = door(&shop, false, |_| {});
    let before = (shop.journal(&order).await, shop.order_state(&order).await);
    let page = format!("/orders/{}", order.token);
    for origin in ["https://komoju.com", "https://evil.example", "null"] {
        let body = "status=paid&state=fulfilled&back=success";
        let answer = ask(&router, "198.51.100.1", form(&page, &[("origin", origin)], body)).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, page.as_str()));
    }
    assert_eq!((shop.journal(&order).await, shop.order_state(&order).await), before);
    shop.close().await;
}

#[tokio::test]
async fn nothing_is_changed_by_following_a_link() {
    let shop = TestShop::open().await;
    let router = door(&shop, false, |_| {});
    for path in ["add_to_basket", "set_quantity", "choose_market", "start_checkout", "pay_again", "cancel_order"] {
        let answer = super::get(&router, &format!("/api/{path}?variant={TEA}&quantity=1&market=japan")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
    }
    assert_eq!(baskets(&shop).await, 0);
    shop.close().await;
}
