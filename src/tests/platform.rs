//! Sellers: what the provider tells of them, and what that does to what can be bought, to orders and to accounts.
//!
//! Every event of KOMOJU's "Webhooks (for Platform Model)" is sent here, signed, through the door.

use crate::shop::{CARD, TEA, TestOrder, TestShop};
use noren::domain::{OrderState, Problem, SellerStanding};
use noren::payments::checkout;
use noren::server::{basket, sellers};
use serde_json::{Value, json};

const KILN: &str = "kiln-kumo";
const BOWL: &str = "rice-bowl-small";
const PAYMENT_EVENTS: [&str; 8] =
    ["authorized", "captured", "updated", "expired", "cancelled", "refund.created", "refunded", "failed"];

/// Sends a seller's event that happened at second `at` of a day, and settles it as far as it goes.
async fn tell(shop: &TestShop, seller: &str, kind: &str, at: u32, data: Value) {
    let event = json!({
        "id": format!("evt-{kind}-{seller}-{at}"), "type": kind, "resource": "event", "data": data,
        "created_at": format!("2026-11-24T14:59:{at:02}Z"), "reason": "because", "submerchant_id": seller,
    });
    let answer = shop.control("send", json!({ "event": event })).await;
    assert_eq!(answer["status"], 200, "{kind}");
    shop.settle_once().await;
}

async fn page(shop: &TestShop, path: &str, cookie: &str) -> (u16, String) {
    let request = shop.http.get(format!("{}{path}", shop.url)).header("cookie", cookie);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn seller(shop: &TestShop, id: &str) -> sellers::Seller {
    sellers::by_id(&mut *shop.state.pool.acquire().await.unwrap(), id).await.unwrap().unwrap()
}

/// An order of a seller's bowl and the shop's own tea, which is paid but whose webhooks never came; and its payment.
async fn paid_in_silence(shop: &TestShop) -> (TestOrder, String) {
    let order = shop.order(&[(BOWL, 1), (TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    assert!(shop.pay(&order, CARD).await);
    let payment = shop.payment_of(&order).await;
    (order, payment)
}

async fn captured(shop: &TestShop, payment: &str, details: Value) {
    let wish = json!({ "payment": payment, "type": "payment.captured", "amend": { "data.platform_details": details } });
    assert_eq!(shop.control("send", wish).await["status"], 200);
    shop.settle().await;
}

/// The details of the journal's entries of this name.
async fn entries(shop: &TestShop, order: &TestOrder, what: &str) -> Vec<String> {
    let journal = shop.view(order).await.journal;
    journal.into_iter().filter(|entry| entry.what == what).map(|entry| entry.detail).collect()
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
    assert!(!page(&shop, "/checkout", &cookie).await.1.contains("start_checkout\" method=\"post\"><button"));
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
async fn a_sellers_payment_events_are_lines_in_the_journal_and_never_fulfil() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    let division = json!([{ "submerchant_id": KILN, "amount": 1710, "platform_fee": 1390, "intermediary": false }]);
    for (at, word) in PAYMENT_EVENTS.into_iter().enumerate() {
        let data = json!({ "id": payment, "session": order.session, "status": "captured", "amount": 3100,
                           "currency": "JPY", "amount_refunded": 0, "platform_details": division });
        let kind = format!("submerchant.payment.{word}");
        for _ in 0..2 {
            tell(&shop, KILN, &kind, u32::try_from(at).unwrap(), data.clone()).await;
        }
    }
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::AwaitingPayment, 0), "only payment.captured fulfils");
    let lines = entries(&shop, &order, "seller.payment").await;
    assert_eq!(lines.len(), PAYMENT_EVENTS.len(), "each event once, however often it comes: {lines:?}");
    assert_eq!(lines[1], "Kiln Kumo’s account: captured. kiln-kumo: ¥1,710, fee ¥1,390.");
    captured(&shop, &payment, division).await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}

#[tokio::test]
async fn an_order_keeps_how_it_was_divided_whether_told_as_an_array_or_as_an_object() {
    let entry = json!({ "submerchant_id": KILN, "amount": 1710, "platform_fee": 1390, "intermediary": false });
    for details in [json!([entry]), json!({ "submerchants": [entry] }), json!(null)] {
        let shop = TestShop::open().await;
        let (order, payment) = paid_in_silence(&shop).await;
        // As if the catalogue had changed meanwhile: the order is divided as it was placed.
        sqlx::query("update sellers set fee_percent = 50").execute(&shop.state.pool).await.unwrap();
        captured(&shop, &payment, details.clone()).await;
        assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
        let lines = entries(&shop, &order, "order.divided").await;
        assert!(
            lines[0].starts_with("kiln-kumo ¥1,710, fee ¥190. The shop’s own goods: ¥1,200."),
            "{details}: {lines:?}"
        );
        shop.close().await;
    }
}

#[tokio::test]
async fn a_payment_that_was_divided_otherwise_is_fulfilled_and_said_so() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    captured(&shop, &payment, json!([{ "submerchant_id": KILN, "amount": 3100, "platform_fee": 0 }])).await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled, "the shopper has paid the whole price");
    assert_eq!(entries(&shop, &order, "order.divided_otherwise").await.len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_sellers_event_that_only_knows_the_payment_waits_until_the_order_knows_it_too() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    let data = json!({ "id": payment, "session": null, "external_order_num": null, "amount_refunded": 300,
                       "currency": "JPY" });
    tell(&shop, KILN, "submerchant.payment.refund.created", 1, data).await;
    assert_eq!(entries(&shop, &order, "seller.payment").await, [] as [&str; 0]);
    captured(&shop, &payment, json!(null)).await;
    let lines = entries(&shop, &order, "seller.payment").await;
    assert_eq!(lines, ["Kiln Kumo’s account: refund.created. Given back so far: ¥300."]);
    shop.close().await;
}

#[tokio::test]
async fn a_refund_request_is_on_its_order_without_the_shoppers_bank_account() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    captured(&shop, &payment, json!(null)).await;
    for (at, status) in [(1, "pending"), (2, "completed")] {
        let data = json!({ "id": "req1", "payment": payment, "status": status, "customer_name": "Mika",
                           "account_number": "7654321" });
        tell(&shop, KILN, "submerchant.refund_request.updated", at, data).await;
    }
    let lines = entries(&shop, &order, "seller.refund_request").await;
    let words = |status| format!("Kiln Kumo’s account: the refund request req1 is {status}.");
    assert_eq!(lines, [words("pending"), words("completed")]);
    let (_, html) = page(&shop, &format!("/orders/{}", order.token), "").await;
    assert!(html.contains("the refund request req1 is completed") && !html.contains("7654321"));
    shop.close().await;
}

#[tokio::test]
async fn settlements_are_in_the_sellers_and_in_the_shops_account_once_each() {
    let shop = TestShop::open().await;
    let data = |id: &str| {
        json!({ "id": id, "reference": id, "currency": "JPY", "transaction_amount_cents": 12000,
                                  "fee_amount_cents": 396, "remittance_amount_cents": 11604 })
    };
    for at in [1, 2] {
        tell(&shop, KILN, "submerchant.settlement.created", at, data("set1")).await;
        tell(&shop, KILN, "settlement.created", at, data("set2")).await;
    }
    let mut db = shop.state.pool.acquire().await.unwrap();
    let ids = |list: Vec<sellers::Settlement>| list.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(sellers::settlements(&mut db, Some(KILN)).await.unwrap()), ["set1"]);
    assert_eq!(ids(sellers::settlements(&mut db, None).await.unwrap()), ["set2"]);
    let report = sellers::report::report(&mut db).await.unwrap();
    assert_eq!(report.matches("paid out ¥11,604").count(), 2, "{report}");
    drop(db);
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
