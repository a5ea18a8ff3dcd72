//! Sellers: what the provider tells of their payments, refunds and settlements, and where that is seen.

use crate::platform::{BOWL, KILN, page, tell};
use crate::shop::{CARD, TEA, TestOrder, TestShop};
use noren::domain::OrderState;
use noren::server::orders::attention;
use noren::server::sellers;
use serde_json::{Value, json};

const PAYMENT_EVENTS: [&str; 8] =
    ["authorized", "captured", "updated", "expired", "cancelled", "refund.created", "refunded", "failed"];

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
pub async fn entries(shop: &TestShop, order: &TestOrder, what: &str) -> Vec<String> {
    let journal = shop.view(order).await.journal;
    journal.into_iter().filter(|entry| entry.what == what).map(|entry| entry.detail).collect()
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
    let mut db = shop.state.pool.acquire().await.unwrap();
    let listed = attention::divided_otherwise(&mut db).await.unwrap();
    assert!(listed.len() == 1 && listed[0].starts_with(&order.id), "{listed:?}");
    drop(db);
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
async fn a_ping_is_what_the_merchant_sees_as_the_last_word_of_the_provider() {
    let shop = TestShop::open().await;
    tell(&shop, KILN, "submerchant.application.accepted", 1, json!({})).await;
    let ping = json!({ "id": "evt-ping", "type": "ping", "resource": "event" });
    assert_eq!(shop.control("send", json!({ "event": ping })).await["status"], 200);
    shop.settle_once().await;
    let heard = attention::last_heard(&mut shop.state.pool.acquire().await.unwrap()).await.unwrap();
    assert!(heard.len() == 1 && heard[0].starts_with("KOMOJU: ping, 20"), "{heard:?}");
    shop.close().await;
}

#[tokio::test]
async fn the_packing_slip_says_which_seller_a_thing_comes_from() {
    let shop = TestShop::open().await;
    let (order, payment) = paid_in_silence(&shop).await;
    captured(&shop, &payment, json!(null)).await;
    let row = sqlx::query("select packing_slip from fulfilments where order_id = $1").bind(&order.id);
    let slip: String = sqlx::Row::try_get(&row.fetch_one(&shop.state.pool).await.unwrap(), 0).unwrap();
    assert!(slip.contains("[rice-bowl-small]  from Kiln Kumo\n") && slip.contains("[sencha-tin-100g]\n"), "{slip}");
    shop.close().await;
}
