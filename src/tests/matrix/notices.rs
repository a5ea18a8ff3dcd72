//! When and how often a webhook comes, and who sent it.

use super::paying::{face_on_return, is_fulfilled, is_not_fulfilled};
use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till, notices};
use noren::domain::OrderState;
use noren::server::order_view::Face;
use noren::server::orders::attention;
use serde_json::{Value, json};

async fn deliveries(shop: &TestShop, mode: &str) {
    shop.control("deliveries", json!({ "mode": mode })).await;
}

/// Paid at the provider, and the shop has not heard of it.
async fn paid_unheard(till: Till, shop: &TestShop, mode: &str) -> TestOrder {
    let order = till.order(shop).await;
    deliveries(shop, mode).await;
    till.pay(shop, &order).await;
    order
}

/// The body of the event that said "paid", as it was or would have been delivered.
async fn paid_body(till: Till, shop: &TestShop) -> String {
    let state = shop.simulated().await;
    let deliveries = state["deliveries"].as_array().unwrap();
    let of_kind = |delivery: &&Value| delivery["type"] == till.paid_event();
    let delivery = deliveries.iter().rev().find(of_kind).expect("an event that says paid");
    delivery["body"].as_str().unwrap().to_owned()
}

async fn send_again(till: Till, shop: &TestShop, body: &str) -> Value {
    shop.control("send", json!({ "provider": till.code(), "type": till.paid_event(), "body": body })).await
}

pub async fn late(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = paid_unheard(till, &shop, "paused").await;
    let face = face_on_return(&shop, &order).await;
    let waits = if till.answers() { Face::PaidUnconfirmed } else { Face::BeingConfirmed };
    assert_eq!(face, waits);
    is_not_fulfilled(&shop, &order).await;
    // Longer than the stock is held for a page that nobody came back from.
    shop.forward(3 * 3600).await;
    shop.sweep().await;
    deliveries(&shop, "now").await;
    shop.control("deliveries/release", json!({})).await;
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn twice(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = paid_unheard(till, &shop, "twice").await;
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn at_once(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = paid_unheard(till, &shop, "paused").await;
    let body = paid_body(till, &shop).await;
    let wish = json!({ "provider": till.code(), "type": till.paid_event(), "body": body });
    let sent: Vec<_> = (0..10)
        .map(|_| tokio::spawn(shop.http.post(format!("{}/control/send", shop.simulator)).json(&wish).send()))
        .collect();
    for answer in sent {
        let answer: Value = answer.await.unwrap().unwrap().json().await.unwrap();
        assert_eq!(answer["status"], 200);
    }
    shop.settle().await;
    assert_eq!(notices(till, &shop, "settled").await, 1, "ten deliveries are one notice");
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn out_of_order(till: Till) {
    // StableMint's newer dialect tells five events of a payment, where the older one tells one.
    let shop = TestShop::open_with(&[("STABLEMINT_DIALECT", "v2")]).await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    deliveries(&shop, "paused").await;
    if till.answers() {
        till.decline(&shop, &order).await;
    }
    till.pay(&shop, &order).await;
    deliveries(&shop, "now").await;
    shop.control("deliveries/release", json!({ "order": "reversed" })).await;
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn before_the_return(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    till.pay(&shop, &order).await;
    shop.settle().await;
    assert_eq!(face_on_return(&shop, &order).await, Face::Complete);
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn never(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = paid_unheard(till, &shop, "dropped").await;
    shop.forward(40 * 60).await;
    shop.sweep().await;
    // Nobody has looked at the order's page: the shopper has closed it.
    let mut db = shop.state.pool.acquire().await.unwrap();
    let missing = attention::missing_webhooks(&mut db).await.unwrap();
    let unheard = attention::unheard(&mut db, till.name(), 0).await.unwrap();
    drop(db);
    let listed = if till.answers() { missing } else { unheard };
    assert!(listed.iter().any(|line| line.contains(&order.id)), "`noren doctor` says nothing: {listed:?}");
    let view = shop.view(&order).await;
    assert_eq!(view.fulfilments, 0, "a look-up alone fulfils nothing");
    let journal = &view.journal;
    if till.answers() {
        assert_eq!((view.state, view.face), (OrderState::AwaitingPayment, Face::PaidUnconfirmed));
        assert_eq!(shop.stock(GOODS).await, (stock, 1), "it is paid for, so it is kept");
        assert!(journal.iter().any(|entry| entry.what == "attempt.webhook_missing"), "nobody was told");
    } else {
        assert_eq!((view.state, view.face), (OrderState::Expired, Face::Expired));
        assert!(journal.iter().any(|entry| entry.detail.contains("cannot be asked")), "nobody was told");
    }
    // A person has it sent again, a day later.
    shop.forward(24 * 3600).await;
    deliveries(&shop, "now").await;
    assert_eq!(send_again(till, &shop, &paid_body(till, &shop).await).await["status"], 200);
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn forged(till: Till) {
    let shop = TestShop::open().await;
    let order = paid_unheard(till, &shop, "dropped").await;
    for signature in ["wrong", "none", "twice_header"] {
        assert_eq!(till.tell(&shop, &order, json!({}), signature).await["status"], 401, "{signature}");
    }
    shop.settle().await;
    assert_eq!(notices(till, &shop, "received").await + notices(till, &shop, "settled").await, 0, "something was kept");
    is_not_fulfilled(&shop, &order).await;
    shop.close().await;
}

pub async fn replayed(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    till.pay(&shop, &order).await;
    shop.settle().await;
    let settled = notices(till, &shop, "settled").await;
    let body = paid_body(till, &shop).await;
    for _ in 0..3 {
        assert_eq!(send_again(till, &shop, &body).await["status"], 200, "known, and told so");
    }
    if matches!(till, Till::Bpc | Till::Stablemint) {
        assert_eq!(till.tell(&shop, &order, json!({}), "stale").await["status"], 401, "its signature is too old");
    }
    shop.settle().await;
    assert_eq!(notices(till, &shop, "settled").await, settled);
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn old_secret(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = paid_unheard(till, &shop, "dropped").await;
    assert_eq!(till.tell(&shop, &order, json!({}), "old_secret").await["status"], 200);
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn unknown_session(till: Till) {
    let shop = TestShop::open().await;
    let order = paid_unheard(till, &shop, "dropped").await;
    let amend = match till {
        Till::Komoju => json!({ "data.session": "another" }),
        Till::Dojo => json!({ "data.paymentIntentId": "pi_sandbox_another" }),
        Till::Bpc => json!({ "data.object.id": "ps_another" }),
        Till::Stablemint => json!({ "websiteReference": "another" }),
    };
    assert_eq!(
        till.tell(&shop, &order, amend, "right").await["status"],
        200,
        "kept: it may be faster than its session"
    );
    for _ in 0..13 {
        shop.settle_once().await;
        assert_eq!(notices(till, &shop, "settled").await, 0);
        shop.forward(13 * 3600).await;
    }
    assert_eq!(notices(till, &shop, "dead").await, 1, "a person must look");
    assert_eq!(shop.view(&order).await.fulfilments, 0);
    shop.close().await;
}
