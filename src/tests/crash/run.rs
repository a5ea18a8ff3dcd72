//! A run: shoppers buy, the shop is killed and started again, and now and then everything comes to rest and is compared.

use super::invariants;
use super::points::{POINTS, Point};
use super::shopper::{self, Ledger};
use super::truth::{self, Tally};
use super::world::World;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How many shoppers are on their way at the same time.
const SHOPPERS: usize = 10;
/// How many kills there are between two comparisons.
const ROUND: usize = 70;
/// How often the shop is killed while it makes its tables and fills them for the first time.
const FIRST_STARTS: u64 = 10;
/// How long a kill waits for its moment.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a run is, and what chance it takes.
pub struct Plan {
    pub kills: usize,
    /// At least as long as this, however many kills that is.
    pub minutes: u64,
    pub seed: u64,
}

impl Plan {
    /// From `CRASH_KILLS`, `CRASH_MINUTES` and `CRASH_SEED`.
    pub fn from_environment() -> Plan {
        let number = |name: &str| {
            let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
            Some(text.parse::<u64>().unwrap_or_else(|_| panic!("{name}={text} is no number")))
        };
        let kills = number("CRASH_KILLS").unwrap_or(200);
        Plan {
            kills: usize::try_from(kills).expect("a number of kills"),
            minutes: number("CRASH_MINUTES").unwrap_or(0),
            seed: number("CRASH_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000)),
        }
    }
}

struct Run {
    world: Arc<World>,
    rng: Rng,
    /// How often the shop was killed at each point.
    kills: BTreeMap<&'static str, usize>,
    /// How long a start takes, at most, in microseconds: a kill while starting comes within it.
    start_us: u64,
    purchases: usize,
    tally: Tally,
}

/// Runs, and answers the line that reports it.
pub async fn run(plan: &Plan) -> String {
    let begun = Instant::now();
    println!("crash: seed {}", plan.seed);
    let world = Arc::new(World::open().await);
    let (rng, kills) = (Rng::with_seed(plan.seed), BTreeMap::new());
    let mut run = Run { world, rng, kills, start_us: 0, purchases: 0, tally: Tally::default() };
    run.first_starts().await;
    run.world.stock_up().await;
    while run.count() < plan.kills || begun.elapsed() < Duration::from_secs(plan.minutes * 60) {
        run.round(plan).await;
        println!("crash: {} kills, {} s", run.count(), begun.elapsed().as_secs());
    }
    run.report(plan, begun.elapsed())
}

impl Run {
    fn count(&self) -> usize {
        self.kills.values().sum()
    }

    fn note(&mut self, point: &'static str) {
        *self.kills.entry(point).or_default() += 1;
    }

    /// In quick succession, on a database that does not exist yet: the tables and the shelves must come out whole.
    async fn first_starts(&mut self) {
        for step in 0..FIRST_STARTS {
            self.world.shop().spawn();
            tokio::time::sleep(Duration::from_millis(step * 20)).await;
            self.world.shop().kill();
            self.note("first start");
        }
        self.start_us = self.world.shop().start().await.as_micros().try_into().expect("a short time");
    }

    /// Some kills among shoppers, then rest and comparison.
    async fn round(&mut self, plan: &Plan) {
        let ledger = Arc::new(Ledger::default());
        let mut shoppers = JoinSet::new();
        for _ in 0..SHOPPERS {
            shoppers.spawn(shopper::shop(Arc::clone(&self.world), Arc::clone(&ledger), self.rng.fork()));
        }
        let mut points = Vec::new();
        for _ in 0..ROUND {
            if points.is_empty() {
                points = POINTS.to_vec();
                self.rng.shuffle(&mut points);
            }
            let point = points.pop().expect("they were filled up");
            self.kill_at(point).await;
            self.start_again(plan).await;
        }
        ledger.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = shoppers.join_next().await {
            if let Err(error) = ended {
                self.fail(plan, &[format!("a shopper's visit ended badly: {error}")]);
            }
        }
        self.world.come_to_rest().await;
        let bought = ledger.all();
        let (broken, tally) = truth::check(&self.world, &bought).await;
        if !broken.is_empty() {
            self.fail(plan, &broken);
        }
        self.purchases += bought.len();
        self.tally = tally;
    }

    async fn kill_at(&mut self, point: Point) {
        // One in six comes at any time instead.
        if self.rng.u8(..6) > 0 {
            let after = Duration::from_micros(self.rng.u64(0..=point.within_us));
            if self.world.wire.kill_at(point, after, PATIENCE).await {
                return self.note(point.name);
            }
        } else {
            tokio::time::sleep(Duration::from_micros(self.rng.u64(..300_000))).await;
        }
        self.world.shop().kill();
        self.note("any time");
    }

    /// The database is looked at while the shop is down; then it is started, and often killed while it starts.
    async fn start_again(&mut self, plan: &Plan) {
        if self.rng.u8(..4) > 0 {
            let db = self.world.database().await;
            let broken = invariants::check(&db).await;
            db.close().await;
            if !broken.is_empty() {
                self.fail(plan, &broken);
            }
            self.world.a_minute_passes().await;
        }
        while self.rng.u8(..8) == 0 {
            self.world.shop().spawn();
            tokio::time::sleep(Duration::from_micros(self.rng.u64(..self.start_us))).await;
            self.world.shop().kill();
            self.note("starting");
        }
        self.world.shop().start().await;
        self.world.providers_try_again().await;
    }

    fn report(&self, plan: &Plan, took: Duration) -> String {
        let points: Vec<String> = self.kills.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let Tally { captured, fulfilled, under_review, sold_of_few } = &self.tally;
        format!(
            "crash: {} kills ({}); {} visits, {captured} payments, {fulfilled} orders fulfilled, {under_review} under review, \
             {sold_of_few} of {} scarce things sold; seed {}; {} s",
            self.count(),
            points.join(", "),
            self.purchases,
            super::world::FEW,
            plan.seed,
            took.as_secs(),
        )
    }

    fn fail(&self, plan: &Plan, broken: &[String]) -> ! {
        let (kills, seed) = (self.count(), plan.seed);
        panic!("after {kills} kills with CRASH_SEED={seed}:\n{}", broken.join("\n"));
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // The shoppers have the world as well, so it does not end here.
        if std::thread::panicking() {
            self.world.keep_log();
        }
    }
}
