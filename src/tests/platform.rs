//! Sellers: what the provider says of them, and what can then be bought. With `platform_orders`, every event of KOMOJU's
//! "Webhooks (for Platform Model)" is sent, signed, through the door.

use crate::shop::{TEA, TestShop};
use noren::domain::{Problem, SellerStanding};
use noren::payments::checkout;
use noren::server::{basket, sellers};
use serde_json::{Value, json};

pub const KILN: &str = "kiln-kumo";
pub const BOWL: &str = "rice-bowl-small";

/// Sends a seller's event that happened at second `at` of a day, and settles it as far as it goes.
pub async fn tell(shop: &TestShop, seller: &str, kind: &str, at: u32, data: Value) {
    let event = json!({
        "id": format!("evt-{kind}-{seller}-{at}"), "type": kind, "resource": "event", "data": data,
        "created_at": format!("2026-11-24T14:59:{at:02}Z"), "reason": "because", "submerchant_id": seller,
    });
    let answer = shop.control("send", json!({ "event": event })).await;
    assert_eq!(answer["status"], 200, "{kind}");
    shop.settle_once().await;
}

pub async fn page(shop: &TestShop, path: &str, cookie: &str) -> (u16, String) {
    let request = shop.http.get(format!("{}{path}", shop.url)).header("cookie", cookie);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn seller(shop: &TestShop, id: &str) -> sellers::Seller {
    sellers::by_id(&mut shop.state.pool.acquire().await.unwrap(), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_a_declined_seller_sells_cannot_be_bought_and_every_page_says_so() {
    let shop = TestShop::open().await;
    let token = basket::create(&shop.state.pool, noren::domain::Market::Japan, 0).await.unwrap();
    let id = noren::server::token::fingerprint(&token);
    basket::add(&shop.state.pool, &id, BOWL, 1, 0).await.unwrap();
    let cookie = noren::server::visitor::basket_cookie_header(&shop.state, &token);
    let cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();

    tell(&shop, KILN, "submerchant.application.declined", 1, json!({})).await;
    assert_eq!(seller(&shop, KILN).await.standing, SellerStanding::Declined);
    for path in ["/products/rice-bowl", "/sellers/kiln-kumo", "/basket", "/checkout"] {
        let (status, html) = page(&shop, path, &cookie).await;
        assert!(status == 200 && html.contains("Kiln Kumo cannot sell at the moment"), "{path}: {html}");
    }
    assert!(!page(&shop, "/checkout", &cookie).await.1.contains("Pay ¥"), "there is no button to pay");
    let added = basket::add(&shop.state.pool, &id, "soba-cup-dots", 1, 0).await;
    assert!(matches!(added, Err(basket::BasketError::Problem(Problem::SellerDeclined))), "{added:?}");
    assert_eq!(shop.start(&id, "credit_card").await, Err(Problem::SellerDeclined));
    assert_eq!((shop.sessions().await, shop.stock(BOWL).await.1), (0, 0), "nothing was created");
    // What the shop itself and others sell is not touched.
    shop.order(&[(TEA, 1), ("furoshiki-cloth-moss", 1)], "credit_card").await;

    tell(&shop, KILN, "submerchant.application.accepted", 2, json!({})).await;
    assert!(shop.start(&id, "credit_card").await.is_ok());
    shop.close().await;
}

#[tokio::test]
async fn an_order_of_a_seller_who_was_declined_since_gets_no_other_attempt() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(BOWL, 1)], "credit_card").await;
    shop.leave(&order).await;
    shop.forward(10).await;
    tell(&shop, KILN, "submerchant.application.declined", 1, json!({})).await;
    let again = checkout::pay_again(&shop.state, &order.token, "komoju/paypay", "en").await;
    assert_eq!(again, Err(Problem::SellerDeclined));
    assert_eq!(shop.sessions().await, 1);
    assert!(shop.view(&order).await.methods.iter().all(|method| method.unavailable.is_some()));
    shop.close().await;
}

#[tokio::test]
async fn a_way_to_be_paid_that_was_declined_is_not_offered_for_that_sellers_things_only() {
    let shop = TestShop::open().await;
    let konbini = json!({ "payment_method": "konbini" });
    tell(&shop, KILN, "submerchant.payment_method_application.declined", 1, konbini.clone()).await;
    let bowl = shop.basket(&[(BOWL, 1)]).await;
    assert_eq!(shop.start(&bowl, "konbini").await, Err(Problem::Method));
    assert!(shop.start(&bowl, "credit_card").await.is_ok());
    shop.order(&[(TEA, 1)], "konbini").await;
    tell(&shop, KILN, "submerchant.payment_method_application.accepted", 2, konbini).await;
    shop.order(&[(BOWL, 1)], "konbini").await;
    shop.close().await;
}

#[tokio::test]
async fn a_decision_that_arrives_late_does_not_undo_a_younger_one() {
    let shop = TestShop::open().await;
    tell(&shop, KILN, "submerchant.application.accepted", 9, json!({})).await;
    tell(&shop, KILN, "submerchant.application.declined", 3, json!({})).await;
    assert_eq!(seller(&shop, KILN).await.standing, SellerStanding::Accepted);
    shop.close().await;
}

#[tokio::test]
async fn a_seller_that_the_catalogue_does_not_have_is_remembered_and_no_dead_letter() {
    let shop = TestShop::open().await;
    tell(&shop, "newcomer", "submerchant.application.declined", 1, json!({})).await;
    tell(&shop, "stranger", "submerchant.settlement.created", 1, json!({ "id": "set1" })).await;
    let newcomer = seller(&shop, "newcomer").await;
    assert_eq!((newcomer.standing, newcomer.listed), (SellerStanding::Declined, false));
    assert_eq!(page(&shop, "/sellers/newcomer", "").await.0, 404);
    let dead = sqlx::query("select count(*) from inbox where state = 'dead'").fetch_one(&shop.state.pool).await;
    assert_eq!(sqlx::Row::try_get::<i64, _>(&dead.unwrap(), 0).unwrap(), 0);
    shop.close().await;
}
