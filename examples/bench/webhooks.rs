//! Webhooks: how fast they are acknowledged, which each is only once it is on the disk, and how fast the orders behind
//! them are fulfilled. The simulator wrote the events and answers the look-ups; the load generator delivers.

use super::load;
use super::orders::{self, STOCK};
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
    variant: &str,
    orders: usize,
) -> anyhow::Result<Webhooks> {
    let events = events(simulator).await?;
    ensure!(events.len() == orders, "{orders} orders were paid, but there are {} events", events.len());
    let requests: Vec<Bytes> = events.iter().map(|event| request(shop, event)).collect();
    let again: Vec<Bytes> = requests.iter().take(SENT_AGAIN).cloned().collect();
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
    each_exactly_once(database, variant, wanted).await?;
    Ok(Webhooks {
        acknowledged_per_second: load.per_second(),
        acknowledged_p99_us: load.p99_us(),
        settled_per_second: load::per_second(load.answers(), took),
        processor_ns: processor_ms.map(|used| used * 1_000_000 / load.answers().max(1)),
    })
}

/// What the simulator would have sent.
async fn events(simulator: &Program) -> anyhow::Result<Vec<String>> {
    let state = orders::client()?.get(simulator.url("/control/state")).send().await?.error_for_status()?;
    let state: Value = state.json().await?;
    let deliveries = state["deliveries"].as_array().context("the simulator shows no deliveries")?;
    let captured = deliveries.iter().filter(|delivery| delivery["type"] == "payment.captured");
    Ok(captured.filter_map(|delivery| Some(delivery["body"].as_str()?.to_owned())).collect())
}

/// As KOMOJU sends it ("Webhooks" on <https://doc.komoju.com>): the signature is over the body's bytes.
fn request(shop: &Program, event: &str) -> Bytes {
    let signature = signature::sign(WEBHOOK_SECRET.as_bytes(), event.as_bytes());
    let signature = data_encoding::HEXLOWER.encode(&signature);
    let head = format!(
        "POST /webhooks/komoju HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
         x-komoju-event: payment.captured\r\nx-komoju-signature: {signature}\r\ncontent-length: {}\r\n\r\n",
        shop.address,
        event.len()
    );
    Bytes::from(head + event)
}

/// A fast shop that fulfils an order twice, or not at all, has no figures.
async fn each_exactly_once(database: &AnyPool, variant: &str, orders: i64) -> anyhow::Result<()> {
    let sold = format!("select {STOCK} - stock from variants where id = '{variant}'");
    for (what, query) in [
        ("orders are fulfilled", "select count(*) from orders where state = 'fulfilled'"),
        ("fulfilments are stored", "select count(*) from fulfilments"),
        ("fulfilments are in the journal", "select count(*) from journal where what = 'order.fulfilled'"),
        ("notices are settled", "select count(*) from inbox where state = 'settled'"),
        ("notices were kept", "select count(*) from inbox"),
        ("things were sold", &sold),
    ] {
        let found = count(database, query).await?;
        ensure!(found == orders, "{orders} orders were paid, but {found} {what}");
    }
    ensure!(count(database, "select sum(held) from variants").await? == 0, "stock is still held");
    Ok(())
}

async fn count(database: &AnyPool, query: &str) -> anyhow::Result<i64> {
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(database).await?)
}
