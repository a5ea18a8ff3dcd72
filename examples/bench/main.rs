//! The figures of the README: how fast the shop is, beside a plain handler that sends the same bytes from memory.
//!
//! `scripts/bench` builds and runs it. All figures come from one run on one machine, and what is compared takes turns,
//! so the ratios mean something even where the machine does not. The shop is the real program in a process of its own;
//! the plain handler and the simulator are two more, because a shop that shares its process shares its memory and time.

mod counts;
mod load;
mod orders;
mod pages;
mod plain;
mod programs;
mod report;
mod start;
mod storm;
mod webhooks;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use programs::Bench;
use report::Figures;
use start::Starts;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// No run takes longer: one that hangs is to end by itself.
const LONGEST: Duration = Duration::from_secs(240);
/// Orders that are paid at once. The simulator remembers 2,000 sessions.
const ORDERS: usize = 2_000;

/// The figures of the README. Without an option: pages, webhooks, memory and starts, on SQLite.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    itself: Option<Itself>,
    /// A storm of webhooks instead, on both engines, with few orders in the database and with many.
    #[arg(long)]
    storm: bool,
    /// How many orders are placed and paid (100 to 2,000); with --storm, how many are there already.
    #[arg(long)]
    orders: Option<usize>,
    /// How many webhooks the storm has.
    #[arg(long, requires = "storm")]
    webhooks: Option<usize>,
    /// Only one of the two engines.
    #[arg(long, requires = "storm")]
    engine: Option<storm::Engine>,
}

/// What this program starts itself as.
#[derive(Subcommand)]
enum Itself {
    #[command(hide = true)]
    Plain { listen: SocketAddr, page: PathBuf },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Itself::Plain { listen, page }) = arguments.itself {
        return plain::serve(listen, page).await;
    }
    noren::payments::http::install_tls();
    if arguments.storm {
        return storm::run(arguments.orders, arguments.webhooks, arguments.engine).await;
    }
    let orders = arguments.orders.unwrap_or(ORDERS);
    ensure!((100..=ORDERS).contains(&orders), "--orders takes a number from 100 to 2000");
    until_stopped(LONGEST, run(orders)).await
}

/// Ends the other programs in every case: they are dropped with the future that is not finished.
async fn until_stopped<T>(longest: Duration, running: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::time::timeout(longest, running) => done.context("the benchmark took too long")?,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        _ = terminate.recv() => anyhow::bail!("terminated"),
    }
}

async fn run(orders: usize) -> anyhow::Result<()> {
    let bench = Bench::prepare(None)?;
    let disk_us = start::durable_write_us(bench.folder())?;
    let simulator = bench.simulator().await?;
    let (mut shop, empty_us) = bench.shop(&simulator).await?;
    let database = noren::server::database::open(&bench.database_url).await?;
    let variant = orders::stock_up(&database).await?;
    let before = counts::take(&database).await?;

    say("Catalogue pages, for a minute …");
    let pages = pages::measure(&bench, &shop, &variant).await?;
    say(&format!("Placing and paying {orders} orders …"));
    orders::place_and_pay(&shop, &simulator, &variant, orders).await?;
    say("Delivering their webhooks …");
    let webhooks = webhooks::measure(&shop, &simulator, &database, &before, orders).await?;
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
