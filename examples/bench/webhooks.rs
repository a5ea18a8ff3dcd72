//! Webhooks: how fast they are acknowledged, which each is only once it is on the disk, and how fast the orders behind
//! them are fulfilled. The simulator wrote the events and answers the look-ups; the load generator delivers.

use super::counts::{self, Counts, Sent, count};
use super::load::{self, Request};
use super::orders;
use super::programs::{Program, WEBHOOK_SECRET};
use anyhow::{Context, ensure};
use axum::body::Bytes;
use noren::payments::signature;
use serde_json::Value;
use sqlx::AnyPool;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 10;
/// How many of the events come a second time, as providers do.
const SENT_AGAIN: usize = 200;
/// How long all orders may take to be fulfilled after the last webhook was acknowledged.
const PATIENCE: Duration = Duration::from_secs(90);
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(25);

pub struct Webhooks {
    pub acknowledged_per_second: u64,
    pub acknowledged_p99_us: u64,
    /// From the first delivery to the last fulfilled order.
    pub settled_per_second: u64,
    /// What the shop spends on one, from its arrival to the fulfilled order, in nanoseconds.
    pub processor_ns: Option<u64>,
}

/// # Errors
/// When a webhook is refused, or the orders in the end are not each fulfilled exactly once.
pub async fn measure(
    shop: &Program,
    simulator: &Program,
    database: &AnyPool,
    before: &Counts,
    orders: usize,
) -> anyhow::Result<Webhooks> {
    let events = events(simulator).await?;
    ensure!(events.len() == orders, "{orders} orders were paid, but there are {} events", events.len());
    let requests: Vec<Request> = events.iter().map(|event| request(shop, event)).collect();
    let again: Vec<Request> = requests.iter().take(SENT_AGAIN).cloned().collect();
    let wanted = i64::try_from(orders)?;

    let (begun, processor_before) = (Instant::now(), shop.processor_ms());
    let load = load::each_once(shop.address, requests, CONNECTIONS).await?;
    while count(database, "select count(*) from fulfilments").await? < wanted {
        ensure!(begun.elapsed() < PATIENCE, "not every order was fulfilled; the shop's log says why");
        tokio::time::sleep(BETWEEN_QUESTIONS).await;
    }
    let took = begun.elapsed();
    let processor_ms = shop.processor_ms().zip(processor_before).map(|(after, before)| after - before);

    load::each_once(shop.address, again, CONNECTIONS).await?;
    let sent = Sent { orders: wanted, notices: wanted };
    counts::each_exactly_once(database, before, &sent).await?;
    Ok(Webhooks {
        acknowledged_per_second: load.per_second(),
        acknowledged_p99_us: load.p99_us(),
        settled_per_second: load::per_second(load.answers(), took),
        processor_ns: processor_ms.map(|used| used * 1_000_000 / load.answers().max(1)),
    })
}

/// What the simulator would have sent.
pub async fn events(simulator: &Program) -> anyhow::Result<Vec<String>> {
    let state = orders::client()?.get(simulator.url("/control/state")).send().await?.error_for_status()?;
    let state: Value = state.json().await?;
    let deliveries = state["deliveries"].as_array().context("the simulator shows no deliveries")?;
    let captured = deliveries.iter().filter(|delivery| delivery["type"] == "payment.captured");
    Ok(captured.filter_map(|delivery| Some(delivery["body"].as_str()?.to_owned())).collect())
}

/// As KOMOJU sends it ("Webhooks" on <https://doc.komoju.com>): the signature is over the body's bytes.
pub fn request(shop: &Program, event: &str) -> Request {
    let signature = signature::sign(WEBHOOK_SECRET.as_bytes(), event.as_bytes());
    let signature = data_encoding::HEXLOWER.encode(&signature);
    let field = format!("x-komoju-signature: {signature}\r\n");
    Request { bytes: message(shop, &field, event), status: 200 }
}

/// The same with whatever stands for a signature.
pub fn message(shop: &Program, signature: &str, event: &str) -> Bytes {
    let head = format!(
        "POST /webhooks/komoju HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
         x-komoju-event: payment.captured\r\n{signature}content-length: {}\r\n\r\n",
        shop.address,
        event.len()
    );
    Bytes::from(head + event)
}
