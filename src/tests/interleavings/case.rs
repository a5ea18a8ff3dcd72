//! One case: a shop on a database that is as new, a clock, the companies' books, three shoppers.

use super::company::{Books, Company};
use crate::filled_database::filled_database;
use crate::invariants;
use noren::domain::{Market, OrderState, ProviderName, Timestamp};
use noren::payments::{Provider, Providers};
use noren::server::clock::Clock;
use noren::server::settings::Settings;
use noren::server::state::AppState;
use noren::server::{basket, database, token};
use sqlx::{AnyPool, Row};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tempfile::TempDir;
use tokio_util::task::TaskTracker;

/// Stands still unless it is turned.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn turn(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.load(Ordering::SeqCst)
    }
}

/// A database for all cases of a test: each finds it as new.
pub struct Ground {
    pub pool: AnyPool,
    pub units: BTreeMap<String, i64>,
    _folder: TempDir,
}

impl Ground {
    pub async fn new() -> Ground {
        let folder = tempfile::tempdir().unwrap();
        let pool = database::open(&filled_database(folder.path()).await).await.unwrap();
        let units = invariants::units(&pool).await;
        Ground { pool, units, _folder: folder }
    }

    pub async fn clear(&self) {
        for table in [
            "journal",
            "fulfilments",
            "asked_refunds",
            "refunds",
            "holds",
            "attempts",
            "order_lines",
            "orders",
            "inbox",
            "forgeries",
            "basket_lines",
            "baskets",
        ] {
            sqlx::query(sqlx::AssertSqlSafe(format!("delete from {table}"))).execute(&self.pool).await.unwrap();
        }
        for (variant, units) in &self.units {
            let sql = "update variants set stock = $2, held = 0 where id = $1 and (stock <> $2 or held <> 0)";
            sqlx::query(sql).bind(variant).bind(units).execute(&self.pool).await.unwrap();
        }
    }
}

pub struct Case<'a> {
    pub ground: &'a Ground,
    pub state: AppState,
    pub clock: Arc<HandClock>,
    pub books: Arc<Mutex<Books>>,
    pub providers: Vec<ProviderName>,
    /// Their baskets.
    pub shoppers: Vec<String>,
    /// Each order's state and journal when it was last looked at.
    pub seen: HashMap<String, (OrderState, Vec<String>)>,
}

impl Case<'_> {
    pub async fn begin<'a>(ground: &'a Ground, providers: &[ProviderName]) -> Case<'a> {
        ground.clear().await;
        let (books, clock) = (Arc::default(), Arc::new(HandClock(AtomicI64::new(1_795_249_805_000))));
        let company = |name: &ProviderName| Box::new(Company { name: *name, books: Arc::clone(&books) });
        let list = providers.iter().map(|name| company(name) as Box<dyn Provider>).collect();
        let state = AppState {
            pool: ground.pool.clone(),
            clock: clock.clone(),
            providers: Arc::new(Providers::new(list)),
            settings: Arc::new(Settings::read(&|_| None).unwrap()),
            inbox_bell: Arc::default(),
            tasks: TaskTracker::new(),
            leptos: leptos::prelude::LeptosOptions::builder().output_name("noren").build(),
        };
        let mut shoppers = Vec::new();
        for _ in 0..3 {
            let secret = basket::create(&ground.pool, Market::Japan, clock.now()).await.unwrap();
            shoppers.push(token::fingerprint(&secret));
        }
        Case { ground, state, clock, books, providers: providers.to_vec(), shoppers, seen: HashMap::new() }
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    pub fn method(&self, with: usize) -> String {
        format!("{}/card", self.providers[with % self.providers.len()].code())
    }

    /// The orders' tokens, oldest first.
    pub async fn orders(&self) -> Vec<String> {
        let rows = sqlx::query("select token from orders order by placed_at, id").fetch_all(&self.state.pool).await;
        rows.unwrap().iter().map(|row| row.get("token")).collect()
    }
}
