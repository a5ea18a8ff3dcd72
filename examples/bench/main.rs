//! The figures of the README: how fast the shop is, beside a plain handler that sends the same bytes from memory.
//!
//! `scripts/bench` builds and runs it. All figures come from one run on one machine, and what is compared takes turns,
//! so the ratios mean something even where the machine does not. The shop is the real program in a process of its own;
//! the plain handler and the simulator are two more, because a shop that shares its process shares its memory and time.

mod load;
mod orders;
mod pages;
mod plain;
mod programs;
mod report;
mod start;
mod webhooks;

use anyhow::Context;
use programs::Bench;
use report::Figures;
use start::Starts;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// No run takes longer: one that hangs is to end by itself.
const LONGEST: Duration = Duration::from_secs(240);
/// Orders that are paid at once. The simulator remembers 2,000 sessions.
const ORDERS: usize = 2_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => run_until_stopped(ORDERS).await,
        ["--orders", orders] => {
            let orders = orders.parse().ok().filter(|orders| (100..=ORDERS).contains(orders));
            run_until_stopped(orders.context("--orders takes a number from 100 to 2000")?).await
        }
        // What this program starts itself as.
        [plain::COMMAND, listen, page] => plain::serve(listen.parse::<SocketAddr>()?, PathBuf::from(page)).await,
        _ => anyhow::bail!("scripts/bench takes nothing, or --orders and how many"),
    }
}

/// Ends the other programs in every case: they are dropped with the future that is not finished.
async fn run_until_stopped(orders: usize) -> anyhow::Result<()> {
    tokio::select! {
        done = tokio::time::timeout(LONGEST, run(orders)) => done.context("the benchmark took too long")?,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    }
}

async fn run(orders: usize) -> anyhow::Result<()> {
    noren::payments::http::install_tls();
    let bench = Bench::prepare()?;
    let disk_us = start::durable_write_us(bench.folder())?;
    let simulator = bench.simulator().await?;
    let (mut shop, empty_us) = bench.shop(&simulator).await?;
    let database = noren::server::database::open(&bench.database_url()).await?;
    let variant = orders::stock_up(&database).await?;

    say("Catalogue pages, for a minute …");
    let pages = pages::measure(&bench, &shop, &variant).await?;
    say(&format!("Placing and paying {orders} orders …"));
    orders::place_and_pay(&shop, &simulator, &variant, orders).await?;
    say("Delivering their webhooks …");
    let webhooks = webhooks::measure(&shop, &simulator, &database, &variant, orders).await?;
    let memory = shop.memory()?;
    database.close().await;
    drop(shop);
    say("Starting ten times …");
    let starts = Starts { empty_us, existing_us: start::again(&bench, &simulator).await? };

    print!("{}", report::markdown(&Figures { orders, disk_us, pages, webhooks, memory, starts }));
    Ok(())
}

/// Progress, apart from the table, which is alone on the standard output.
fn say(line: &str) {
    eprintln!("bench: {line}");
}
