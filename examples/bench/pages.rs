//! Catalogue pages: the shop's front page for somebody without a basket and for somebody with one, and the same bytes
//! from the plain handler, in turns.

use super::load::{self, Load};
use super::orders;
use super::programs::{Bench, Program};
use axum::body::Bytes;
use std::time::Duration;

const CONNECTIONS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(2);
const ROUND: Duration = Duration::from_secs(5);
const ROUNDS: usize = 3;

/// The medians of all rounds.
pub struct Pages {
    pub bytes: usize,
    pub plain: Rate,
    pub without_basket: Rate,
    pub with_basket: Rate,
}

#[derive(Clone, Copy)]
pub struct Rate {
    pub per_second: u64,
    pub p99_us: u64,
    /// Processor time that the program used for one page, in nanoseconds; `None` where it cannot be told.
    pub processor_ns: Option<u64>,
}

/// # Errors
/// When an answer is not what it should be.
pub async fn measure(bench: &Bench, shop: &Program, variant: &str) -> anyhow::Result<Pages> {
    let client = orders::client()?;
    let page = client.get(shop.url("/")).send().await?.error_for_status()?.bytes().await?;
    let plain = bench.plain(&page).await?;
    let basket = orders::fill_basket(&client, &shop.url(""), variant).await?;
    let cookie = format!("cookie: {basket}\r\n");
    let who = [(&plain, ""), (shop, ""), (shop, cookie.as_str())];
    for (program, cookie) in who {
        round(program, cookie, WARM_UP).await?;
    }
    let mut rounds: [Vec<Rate>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for ((program, cookie), rounds) in who.iter().zip(&mut rounds) {
            rounds.push(round(program, cookie, ROUND).await?);
        }
    }
    let [plain, without_basket, with_basket] = rounds.map(|rounds| median(&rounds));
    Ok(Pages { bytes: page.len(), plain, without_basket, with_basket })
}

async fn round(program: &Program, cookie: &str, time: Duration) -> anyhow::Result<Rate> {
    let request = format!("GET / HTTP/1.1\r\nhost: {}\r\naccept: text/html\r\n{cookie}\r\n", program.address);
    let before = program.processor_ms();
    let load: Load = load::for_a_while(program.address, Bytes::from(request), CONNECTIONS, time).await?;
    let used_ms = program.processor_ms().zip(before).map(|(after, before)| after - before);
    Ok(Rate {
        per_second: load.per_second(),
        p99_us: load.p99_us(),
        processor_ns: used_ms.map(|used| used * 1_000_000 / load.answers().max(1)),
    })
}

fn median(rounds: &[Rate]) -> Rate {
    let middle = |value: fn(&Rate) -> u64| {
        let mut values: Vec<u64> = rounds.iter().map(value).collect();
        values.sort_unstable();
        values[values.len() / 2]
    };
    let known = rounds.iter().all(|round| round.processor_ns.is_some());
    Rate {
        per_second: middle(|rate| rate.per_second),
        p99_us: middle(|rate| rate.p99_us),
        processor_ns: known.then(|| middle(|rate| rate.processor_ns.unwrap_or_default())),
    }
}
