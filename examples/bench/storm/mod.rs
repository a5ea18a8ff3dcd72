//! The storm: a hundred thousand webhooks, most of them duplicates, forgeries or of no use, on each engine, on a shop with
//! a thousand orders and on one with a million; then, when it is calm, how long a webhook takes to become a fulfilment.
//!
//! What is compared takes turns: the shop with few orders and the one with many run at the same time, and gust follows
//! gust, so that whatever else the machine does meets both.

mod figures;
mod history;
mod stand;
mod traffic;

use super::{say, until_stopped};
use anyhow::{Context, ensure};
use figures::Figures;
use stand::{Address, Stand};
use std::time::Duration;
use traffic::Shares;

/// No engine takes longer.
const LONGEST: Duration = Duration::from_secs(60 * 60);
const FEW_ORDERS: usize = 1_000;
const MANY_ORDERS: usize = 1_000_000;
const WEBHOOKS: usize = 100_000;
/// In how many parts the storm comes.
const GUSTS: usize = 5;
/// How far apart the webhooks are when it is calm. The shops take turns in this too.
const CALM: Duration = Duration::from_millis(40);

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn title(self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        }
    }
}

/// # Errors
/// When a webhook is answered otherwise than it should be, or the orders in the end are not each fulfilled exactly once.
pub async fn run(orders: Option<usize>, webhooks: Option<usize>, engine: Option<Engine>) -> anyhow::Result<()> {
    let (many, webhooks) = (orders.unwrap_or(MANY_ORDERS), webhooks.unwrap_or(WEBHOOKS));
    ensure!((FEW_ORDERS..=10_000_000).contains(&many), "--orders takes a number from 1000 to 10000000 with --storm");
    ensure!((1_000..=1_000_000).contains(&webhooks), "--webhooks takes a number from 1000 to 1000000");
    let (shares, load_before) = (Shares::of(webhooks), load_average());
    let mut figures = Vec::new();
    for engine in engine.map_or_else(|| vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine]) {
        let mut addresses = Vec::new();
        for _ in 0..2 {
            addresses.push(Address::make(engine).await?);
        }
        let sizes = [FEW_ORDERS, many];
        let measured = until_stopped(LONGEST, measure(engine, &addresses, sizes, &shares)).await;
        for address in addresses {
            address.forget().await?;
        }
        figures.push(measured.with_context(|| format!("the storm on {}", engine.title()))?);
    }
    print!("{}", figures::markdown(&figures, many, &shares, [&load_before, &load_average()]));
    Ok(())
}

async fn measure(engine: Engine, addresses: &[Address], sizes: [usize; 2], shares: &Shares) -> anyhow::Result<Figures> {
    let mut stands = Vec::new();
    for (address, orders) in addresses.iter().zip(sizes) {
        stands.push(Stand::set_up(engine, address, orders, shares).await?);
    }
    for gust in 1..=GUSTS {
        for stand in &mut stands {
            say(&format!("{}: gust {gust} of {GUSTS} on {} orders …", engine.title(), stand.orders));
            stand.gust(GUSTS + 1 - gust).await?;
        }
    }
    say(&format!("{}: calm …", engine.title()));
    for stand in &mut stands {
        stand.calm_begins();
    }
    let mut rhythm = tokio::time::interval(CALM / 2);
    for _ in 0..shares.calm {
        for stand in &mut stands {
            rhythm.tick().await;
            stand.one_in_the_calm().await?;
        }
    }
    let mut measured = Vec::new();
    for stand in stands {
        measured.push(stand.finish(shares).await?);
    }
    let [few, many] = <[_; 2]>::try_from(measured).ok().context("there are two shops")?;
    Ok(Figures { engine: engine.title(), few, many })
}

/// How many programs wanted a processor in the last minute.
fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}
