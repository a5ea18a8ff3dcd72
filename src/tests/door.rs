//! The webhook's door: what is kept, what is refused, and that nothing refused leaves a trace but a counter.

use crate::shop::{CARD, TEA, TestShop};
use noren::domain::OrderState;
use serde_json::{Value, json};
use sqlx::Row;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn count(shop: &TestShop, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(&shop.state.pool).await.unwrap().try_get(0).unwrap()
}

async fn kept(shop: &TestShop) -> i64 {
    count(shop, "select count(*) from inbox").await
}

#[tokio::test]
async fn a_forged_webhook_is_401_counted_and_changes_nothing() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    assert!(shop.pay(&order, CARD).await);
    let payment = shop.payment_of(&order).await;
    for signature in ["wrong", "none", "twice_header"] {
        let wish = json!({ "payment": payment, "type": "payment.captured", "signature": signature });
        let answer = shop.control("send", wish).await;
        assert_eq!(answer["status"], 401, "{signature}");
    }
    shop.settle().await;
    assert_eq!(kept(&shop).await, 0);
    assert_eq!(shop.order_state(&order).await, OrderState::AwaitingPayment);
    assert_eq!(count(&shop, "select cast(sum(count) as bigint) from forgeries").await, 3);
    shop.close().await;
}

#[tokio::test]
async fn a_signature_over_another_body_is_refused() {
    let shop = TestShop::open().await;
    let sent = shop.control("send", json!({ "event": { "id": "e", "type": "ping" }, "signature": "right" })).await;
    assert_eq!(sent["status"], 200);
    let door = format!("{}/webhooks/komoju", shop.url);
    let signature = "4cfc26e3108d56300da9d56a4cbfe5f760563b6986f5cb5ca64b21f71521921f";
    let answer = shop.http.post(&door).header("X-Komoju-Signature", signature).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.text().await.unwrap(), "The signature is not valid.\n", "which check failed is not told");
    shop.settle().await;
    assert_eq!(kept(&shop).await, 1, "the ping");
    shop.close().await;
}

#[tokio::test]
async fn the_old_secret_is_accepted_while_it_is_being_rotated() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "dropped" })).await;
    assert!(shop.pay(&order, CARD).await);
    let payment = shop.payment_of(&order).await;
    let wish = json!({ "payment": payment, "type": "payment.captured", "signature": "old_secret" });
    assert_eq!(shop.control("send", wish).await["status"], 200);
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    shop.close().await;
}

#[tokio::test]
async fn what_is_signed_but_makes_no_sense_is_kept_for_a_person() {
    let shop = TestShop::open().await;
    for body in ["not json", "[]", r#"{"id":"e1","type":"payment.captured","data":{"id":"p"}}"#] {
        assert_eq!(shop.control("send", json!({ "body": body })).await["status"], 200, "{body}");
    }
    shop.settle().await;
    assert_eq!(count(&shop, "select count(*) from inbox where state = 'dead'").await, 3);
    shop.close().await;
}

#[tokio::test]
async fn unknown_events_and_pings_are_settled_as_nothing() {
    let shop = TestShop::open().await;
    shop.control("ping", json!({})).await;
    let event = json!({ "id": "e2", "type": "payment.of_the_future", "data": { "any": 1 }, "unknown": true });
    assert_eq!(shop.control("send", json!({ "event": event })).await["status"], 200);
    shop.settle().await;
    assert_eq!(count(&shop, "select count(*) from inbox where state = 'settled'").await, 2);
    shop.close().await;
}

#[tokio::test]
async fn a_body_of_more_than_64_kib_and_an_unknown_provider_are_turned_away() {
    let shop = TestShop::open().await;
    let post = async |path: &str, size: usize| {
        shop.http.post(format!("{}{path}", shop.url)).body("x".repeat(size)).send().await.unwrap().status()
    };
    assert_eq!(post("/webhooks/komoju", 65 * 1024).await, 413);
    assert_eq!(post("/webhooks/komoju", 64 * 1024).await, 401, "within the limit, so the signature is what is wrong");
    assert_eq!(post("/webhooks/paypal", 10).await, 404);
    assert_eq!(kept(&shop).await, 0);
    shop.close().await;
}

#[tokio::test]
async fn the_same_event_ten_times_at_once_is_kept_once_and_fulfils_once() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    assert!(shop.pay(&order, CARD).await);
    let state = shop.simulated().await;
    let body = captured(&state).to_owned();
    let signature = sign(&body);
    let door = format!("{}/webhooks/komoju", shop.url);
    let sent: Vec<_> = (0..10)
        .map(|_| {
            let request = shop.http.post(&door).header("X-Komoju-Signature", &signature).body(body.clone());
            tokio::spawn(request.send())
        })
        .collect();
    for answer in sent {
        assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    }
    shop.settle().await;
    assert_eq!(kept(&shop).await, 1);
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::Fulfilled, 1));
    shop.close().await;
}

async fn post(shop: &TestShop, body: &str) -> u16 {
    let request = shop.http.post(format!("{}/webhooks/komoju", shop.url)).header("X-Komoju-Signature", sign(body));
    request.body(body.to_owned()).send().await.unwrap().status().as_u16()
}

async fn run(shop: &TestShop, statement: &'static str) {
    sqlx::query(statement).execute(&shop.state.pool).await.unwrap();
}

#[tokio::test]
async fn while_the_database_fails_all_senders_are_asked_to_come_again_and_then_nothing_is_lost() {
    let shop = TestShop::open().await;
    let order = shop.order(&[(TEA, 1)], "credit_card").await;
    shop.control("deliveries", json!({ "mode": "paused" })).await;
    assert!(shop.pay(&order, CARD).await);
    let state = shop.simulated().await;
    let events = [captured(&state), r#"{"id":"e1","type":"ping"}"#, r#"{"id":"e2","type":"ping"}"#];
    run(&shop, "alter table inbox rename to away").await;
    let [one, two, three] = events;
    assert_eq!(tokio::join!(post(&shop, one), post(&shop, two), post(&shop, three)), (503, 503, 503));
    run(&shop, "alter table away rename to inbox").await;
    assert_eq!(kept(&shop).await, 0);
    assert_eq!(tokio::join!(post(&shop, one), post(&shop, two), post(&shop, three)), (200, 200, 200));
    shop.settle().await;
    assert_eq!(kept(&shop).await, 3);
    assert_eq!(shop.view(&order).await.fulfilments, 1);
    shop.close().await;
}

#[tokio::test]
async fn a_webhook_that_is_under_way_when_the_shop_is_stopped_is_kept_and_answered() {
    let shop = TestShop::open().await;
    let event = r#"{"id":"e1","type":"ping"}"#;
    let address = shop.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /webhooks/komoju HTTP/1.1\r\nhost: {address}\r\nx-komoju-signature: {}\r\ncontent-length: {}\r\n\
         connection: close\r\nexpect: 100-continue\r\n\r\n",
        sign(event),
        event.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut asked_for = [0; 25];
    stream.read_exact(&mut asked_for).await.unwrap();
    assert_eq!(&asked_for, b"HTTP/1.1 100 Continue\r\n\r\n", "the door waits for the body");
    shop.stop();
    stream.write_all(event.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(kept(&shop).await, 1);
    shop.close().await;
}

fn captured(state: &Value) -> &str {
    let deliveries = state["deliveries"].as_array().unwrap();
    let delivery = deliveries.iter().find(|delivery| delivery["type"] == "payment.captured").unwrap();
    delivery["body"].as_str().unwrap()
}

fn sign(body: &str) -> String {
    let signature = noren::payments::signature::sign(b"whsec_new", body.as_bytes());
    data_encoding::HEXLOWER.encode(&signature)
}
