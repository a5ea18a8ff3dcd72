//! Everything that a run needs, in one place: the two programs, the wire between them, and the database, which is only
//! looked at while it is nobody's turn.

use super::browser::Browser;
use super::database_address::database_address;
use super::points::{Call, Moment, Point};
use super::process::{Shop, Simulator, fresh, log_of};
use super::till::{GOODS, SCARCE, Till};
use super::wire::Wire;
use serde_json::{Value, json};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor, Row};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How much there is of what everybody buys, and of what runs out.
pub const PLENTY: i64 = 1_000_000;
pub const FEW: i64 = 25;
/// How long everything may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(120);
const STEP: Duration = Duration::from_millis(50);
const MINUTE_MS: i64 = 60_000;
/// Longer than the news of any payment may take, so that every attempt is at its end.
const LONG_MS: i64 = 5 * 3_600_000;

/// How many attempts are not at their end.
pub const LIVE: &str = "select count(*) from attempts where state in ('opening', 'open', 'declined', 'authorised')";

pub struct World {
    pub folder: TempDir,
    pub wire: Arc<Wire>,
    pub simulator: Simulator,
    pub database_url: String,
}

impl World {
    /// With the simulator running, and the shop not started yet.
    pub async fn open() -> World {
        World::of(1).await
    }

    /// With so many shops on one database, behind one address.
    pub async fn of(shops: usize) -> World {
        sqlx::any::install_default_drivers();
        let folder = tempfile::Builder::new().prefix("noren-crash-").tempdir().unwrap();
        let wire = Wire::open().await;
        let simulator = Simulator::start(folder.path(), &wire.url()).await;
        let database_url = database_address(folder.path()).await;
        let (from, to) = (simulator.address.to_string(), wire.address.to_string());
        let mut settings: Vec<(String, String)> =
            simulator.settings.iter().map(|(name, value)| (name.clone(), value.replace(&from, &to))).collect();
        settings.push(("PUBLIC_URL".to_owned(), wire.url()));
        settings.push(("DATABASE_URL".to_owned(), database_url.clone()));
        // All shoppers come from one address here.
        settings.push(("CHECKOUTS_PER_MINUTE".to_owned(), "1000000".to_owned()));
        let shops = (0..shops).map(|_| Arc::new(Shop::new(folder.path(), settings.clone()))).collect();
        wire.connect(shops, simulator.address);
        World { folder, wire, simulator, database_url }
    }

    pub fn shop(&self) -> &Shop {
        self.wire.shop()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Open only as long as it is needed: a database file that nobody had open is how a killed shop finds it.
    pub async fn database(&self) -> AnyPool {
        let is_sqlite = self.database_url.starts_with("sqlite:");
        let options = AnyPoolOptions::new().max_connections(1).after_connect(move |db, _| {
            Box::pin(async move {
                if is_sqlite {
                    // The shop may be writing.
                    db.execute("pragma busy_timeout = 20000").await?;
                }
                Ok(())
            })
        });
        options.connect(&self.database_url).await.unwrap()
    }

    /// What everybody wants, for sale.
    pub async fn stock_up(&self) {
        let db = self.database().await;
        for (variant, stock) in [(GOODS, PLENTY), (SCARCE, FEW)] {
            let update = sqlx::query("update variants set stock = $2 where id = $1").bind(variant).bind(stock);
            assert_eq!(update.execute(&db).await.unwrap().rows_affected(), 1, "{variant}");
        }
        db.close().await;
    }

    /// Lets time pass that the shop goes by: its clock is the machine's, so what it wrote down becomes older instead.
    pub async fn time_passes(&self, ms: i64) {
        for statement in [
            "update attempts set expires_at = expires_at - $1, lease_until = lease_until - $1, seen_at = seen_at - $1",
            "update inbox set next_try_at = next_try_at - $1, lease_until = lease_until - $1 where state = 'received'",
        ] {
            self.change(statement, Some(ms)).await;
        }
    }

    async fn change(&self, statement: &'static str, by: Option<i64>) {
        let db = self.database().await;
        let query = by.into_iter().fold(sqlx::query(statement), |query, by| query.bind(by));
        query.execute(&db).await.unwrap();
        db.close().await;
    }

    pub async fn a_minute_passes(&self) {
        self.time_passes(MINUTE_MS).await;
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let answer = fresh().post(format!("{}/control/{path}", self.simulator.url())).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "/control/{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub async fn simulated(&self) -> Value {
        let answer = fresh().get(format!("{}/control/state", self.simulator.url())).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// What waits at the providers is sent again now, as it would be some time.
    pub async fn providers_try_again(&self) {
        self.control("deliveries/release", json!({})).await;
    }

    pub async fn komoju_payment(&self, session: &str) -> String {
        let key = self.simulator.settings.iter().find(|(name, _)| name == "KOMOJU_SECRET_KEY").map(|(_, key)| key);
        let url = format!("{}/komoju/api/v1/sessions/{session}", self.simulator.url());
        let request = fresh().get(url).basic_auth(key.expect("the simulator prints it"), Some(""));
        let session: Value = request.send().await.unwrap().json().await.unwrap();
        session["payment"]["id"].as_str().expect("a paid session has a payment").to_owned()
    }

    /// KOMOJU takes its time for the next call of this kind.
    pub async fn slow(&self, method: &str, wait_ms: u64) {
        self.control("answers", json!({ "next": [{ "path": "sessions", "method": method, "wait_ms": wait_ms }] }))
            .await;
    }

    /// Somebody with a basket.
    pub async fn shopper(&self, till: Till) -> Browser {
        let mut browser = Browser::new(&self.wire.url());
        browser.fill_basket(till.market().code(), GOODS).await;
        browser
    }

    /// Kills the shop at this moment, and what is passing is lost.
    pub async fn kill_at(&self, call: Call, moment: Moment) -> bool {
        let point = Point { name: "here", call, moment, within_us: 0, lost: true };
        self.wire.kill_at(point, Duration::ZERO, PATIENCE).await
    }

    /// Somebody pays, and the shop is killed with the notice claimed, while it looks up whether it is true; the address of
    /// the page.
    pub async fn pay_and_kill_at_the_look_up(&self) -> String {
        let mut browser = self.shopper(Till::Dojo).await;
        let page = browser.check_out(Till::Dojo.method()).await.place;
        let pay = format!("{page}/{}", Till::Dojo.pay_button());
        let submit = browser.submit(&pay, Till::Dojo.good_card());
        let (killed, _) = tokio::join!(self.kill_at(Call::LookUp, Moment::Came), submit);
        assert!(killed, "nothing was looked up");
        page
    }

    /// Lets everything come to its end: webhooks are delivered, notices settled, slips paid, and what nobody paid expires.
    pub async fn come_to_rest(&self) {
        self.settle().await;
        let state = self.simulated().await;
        for payment in list(&state["payments"]).iter().filter(|payment| payment["status"] == "authorized") {
            self.control(&format!("payments/{}/capture", payment["id"].as_str().unwrap()), json!({})).await;
        }
        self.settle().await;
        let begun = Instant::now();
        // Those that cannot be ended are for `truth` to tell of.
        while self.count(LIVE).await > 0 && begun.elapsed() < PATIENCE / 2 {
            self.time_passes(LONG_MS).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.settle().await;
        }
    }

    async fn settle(&self) {
        let begun = Instant::now();
        loop {
            let state = self.simulated().await;
            let deliveries = list(&state["deliveries"]);
            for given_up in deliveries.iter().filter(|delivery| delivery["state"] == "gave_up") {
                self.control(&format!("deliveries/{}/resend", given_up["id"].as_str().unwrap()), json!({})).await;
            }
            let waiting = deliveries.iter().filter(|one| one["state"] != "delivered").count();
            if waiting > 0 {
                self.providers_try_again().await;
            }
            let unsettled = self.count("select count(*) from inbox where state = 'received'").await;
            if waiting == 0 && unsettled == 0 {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{waiting} webhooks and {unsettled} notices do not come to rest");
            if waiting == 0 {
                // All is told, so what waits for other news need not wait any more; unless that news may be in a notice
                // that is claimed. The lease of a killed shop is left to run out, and no try is taken early until then.
                let at_once = "update inbox set next_try_at = received_at where state = 'received' and not exists
                               (select 1 from inbox other where other.state = 'received' and other.lease_until > 0)";
                self.change(at_once, None).await;
            }
            tokio::time::sleep(STEP).await;
        }
    }

    /// Waits until a query counts one.
    pub async fn until_one(&self, sql: &'static str) {
        let begun = Instant::now();
        while self.count(sql).await != 1 {
            assert!(begun.elapsed() < PATIENCE, "{sql}");
            tokio::time::sleep(STEP).await;
        }
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let db = self.database().await;
        let count = sqlx::query(sql).fetch_one(&db).await.unwrap().try_get(0).unwrap();
        db.close().await;
        count
    }
}

impl World {
    /// What is needed to look into a failure.
    pub fn keep_log(&self) {
        let name = self.folder().file_name().unwrap_or_default().to_string_lossy();
        let kept = std::env::temp_dir().join(format!("{name}.log"));
        match std::fs::copy(log_of(self.folder()), &kept) {
            Ok(_) => println!("crash: the programs' log is kept in {}", kept.display()),
            Err(error) => println!("crash: the programs' log could not be kept: {error}"),
        }
        println!("crash: the database was {}", self.database_url);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.keep_log();
        }
    }
}

/// A JSON list; an absent one is empty.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
