//! A shop that stands in the storm: its database with a history, its simulator, and what is measured of it.

use super::Engine;
use super::history;
use super::traffic::{self, Shares};
use crate::counts::{self, Counts, Sent, count};
use crate::load::{self, Load, Request};
use crate::programs::{Bench, Program};
use crate::{orders, say, start, webhooks};
use anyhow::{Context, ensure};
use noren::server::{catalogue, database};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use url::Url;

const CONNECTIONS: usize = 64;
/// How long the inbox may take to be settled after a gust.
const PATIENCE: Duration = Duration::from_secs(600);
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(50);

/// Where a database is.
pub enum Address {
    /// In the folder of the run.
    File,
    /// On the server that `TEST_DATABASE_URL` names.
    OnServer { server: String, name: String },
}

impl Address {
    /// A new database.
    ///
    /// # Errors
    /// When there is no server, or what it writes is not on the disk when a commit returns.
    pub async fn make(engine: Engine) -> anyhow::Result<Address> {
        if engine == Engine::Sqlite {
            return Ok(Address::File);
        }
        sqlx::any::install_default_drivers();
        let server = std::env::var("TEST_DATABASE_URL").context("scripts/bench starts PostgreSQL")?;
        let mut db = AnyConnection::connect(&server).await?;
        for setting in ["show fsync", "show synchronous_commit"] {
            let value: String = sqlx::query_scalar(setting).fetch_one(&mut db).await?;
            ensure!(value == "on", "{setting}: {value}. A commit must be on the disk for these figures");
        }
        let name = format!("noren_bench_{}", noren::server::token::id());
        db.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await?;
        Ok(Address::OnServer { server, name })
    }

    fn url(&self) -> anyhow::Result<Option<String>> {
        let Address::OnServer { server, name } = self else { return Ok(None) };
        let mut url = Url::parse(server)?;
        url.set_path(name);
        Ok(Some(url.into()))
    }

    /// # Errors
    /// When the database cannot be dropped.
    pub async fn forget(self) -> anyhow::Result<()> {
        if let Address::OnServer { server, name } = self {
            let mut db = AnyConnection::connect(&server).await?;
            db.execute(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).await?;
        }
        Ok(())
    }
}

/// The programs come first: they are ended before their folder is removed.
pub struct Stand {
    shop: Program,
    _simulator: Program,
    bench: Bench,
    database: AnyPool,
    /// Before the storm.
    pub orders: usize,
    before: Counts,
    storm: Vec<Request>,
    calm: Vec<Request>,
    calm_from: i64,
    load: Load,
    settling: Duration,
}

/// What was measured of one shop.
pub struct Measured {
    pub load: Load,
    /// From the first webhook to the last that is settled.
    pub settling: Duration,
    /// From the webhook to the fulfilment when it is calm, in milliseconds, sorted.
    pub calm_ms: Vec<u64>,
    /// One durable write on this disk, in microseconds.
    pub disk_us: u64,
}

impl Stand {
    /// # Errors
    /// When something does not start, or the orders cannot be placed and paid.
    pub async fn set_up(engine: Engine, address: &Address, orders: usize, shares: &Shares) -> anyhow::Result<Stand> {
        let bench = Bench::prepare(address.url()?)?;
        let database = database::open(&bench.database_url).await?;
        catalogue::fill(&database).await?;
        say(&format!("{}: the history of {orders} orders …", engine.title()));
        history::write(&database, engine, i64::try_from(orders)?, now()).await?;
        let variant = orders::stock_up(&database).await?;
        let before = counts::take(&database).await?;
        let simulator = bench.simulator().await?;
        let (shop, _) = bench.shop(&simulator).await?;
        say(&format!("{}: placing and paying {} more …", engine.title(), shares.placed()));
        orders::place_and_pay(&shop, &simulator, &variant, shares.placed()).await?;
        let events = webhooks::events(&simulator).await?;
        ensure!(events.len() == shares.placed(), "{} payments, {} events", shares.placed(), events.len());
        let (told, calm) = events.split_at(shares.told);
        let storm = traffic::storm(&shop, told, shares);
        let calm = calm.iter().map(|event| webhooks::request(&shop, event)).collect();
        Ok(Stand {
            shop,
            _simulator: simulator,
            bench,
            database,
            orders,
            before,
            storm,
            calm,
            calm_from: 0,
            load: Load::default(),
            settling: Duration::ZERO,
        })
    }

    /// Sends the next part of the storm, one of `left`, and waits until all of it is settled.
    ///
    /// # Errors
    /// When an answer is not what it should be, or the inbox does not become empty.
    pub async fn gust(&mut self, left: usize) -> anyhow::Result<()> {
        let requests = self.storm.split_off(self.storm.len() - self.storm.len() / left);
        let begun = Instant::now();
        let load = load::each_once(self.shop.address, requests, CONNECTIONS).await?;
        self.settled().await?;
        self.settling += begun.elapsed();
        self.load = std::mem::take(&mut self.load).and(load);
        Ok(())
    }

    async fn settled(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while count(&self.database, "select count(*) from inbox where state = 'received'").await? > 0 {
            ensure!(begun.elapsed() < PATIENCE, "the inbox does not become empty");
            tokio::time::sleep(BETWEEN_QUESTIONS).await;
        }
        Ok(())
    }

    pub fn calm_begins(&mut self) {
        self.calm_from = now();
    }

    /// # Errors
    /// When it is not acknowledged.
    pub async fn one_in_the_calm(&mut self) -> anyhow::Result<()> {
        let request = self.calm.pop().context("the calm is over")?;
        load::each_once(self.shop.address, vec![request], 1).await?;
        Ok(())
    }

    /// # Errors
    /// When an order is not fulfilled exactly once.
    pub async fn finish(self, shares: &Shares) -> anyhow::Result<Measured> {
        self.settled().await?;
        let sent =
            Sent { orders: i64::try_from(shares.placed())?, notices: i64::try_from(shares.new_ones() + shares.calm)? };
        counts::each_exactly_once(&self.database, &self.before, &sent).await?;
        ensure!(self.load.refused == shares.forgeries as u64, "{} forgeries were answered 401", self.load.refused);
        let rows = sqlx::query(
            "select f.fulfilled_at - i.received_at as took from inbox i join fulfilments f on f.order_id = i.order_id
             where i.received_at >= $1 order by took",
        )
        .bind(self.calm_from)
        .fetch_all(&self.database)
        .await?;
        let took = |row| anyhow::Ok(u64::try_from(Row::try_get::<i64, _>(row, "took")?)?);
        let calm_ms: Vec<u64> = rows.iter().map(took).collect::<Result<_, _>>()?;
        ensure!(calm_ms.len() == shares.calm, "{} of {} orders in the calm", calm_ms.len(), shares.calm);
        let disk_us = start::durable_write_us(self.bench.folder())?;
        Ok(Measured { load: self.load, settling: self.settling, calm_ms, disk_us })
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
