//! A shop for one test, and a shopper who uses it.

use crate::database_address::drop_database;
use crate::invariants;
use axum::Router;
use noren::domain::{Contact, Market, OrderState, Problem};
use noren::payments::checkout::Next;
use noren::payments::{Providers, checkout, inbox, sweep};
use noren::server::settings::{ProviderSettings, Settings};
use noren::server::state::AppState;
use noren::server::{basket, database, order_view, orders, router, stand_in, token};
use noren::simulator;
use serde_json::{Value, json};
use sqlx::Row;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::RwLock;

use tokio_util::sync::CancellationToken;

pub mod opening;

pub const TEA: &str = "sencha-tin-100g";
pub const TEAPOT: &str = "last-teapot";
pub const PATTERN: &str = "noren-pattern";
pub const CARD: &str = "4111111111111111";
pub const DECLINED_CARD: &str = "4123111111111059";

pub struct TestShop {
    pub state: AppState,
    pub url: String,
    pub http: reqwest::Client,
    pub simulator: String,
    pub key: String,
    router: Arc<RwLock<Router>>,
    stop: CancellationToken,
    _folder: TempDir,
}

impl TestShop {
    pub async fn open() -> TestShop {
        TestShop::open_with(&[]).await
    }

    /// With settings of the merchant's.
    pub async fn open_with(settings: &[(&str, &str)]) -> TestShop {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let simulator = simulator::start(opening::setup(&url).await).await.unwrap();
        let (address, key) = (simulator.access.url.clone(), simulator.access.komoju.secret_key.clone());
        let folder = tempfile::tempdir().unwrap();
        let state = opening::state(&url, &simulator, folder.path(), settings).await;
        let stop = CancellationToken::new();
        tokio::spawn(simulator.run(stop.clone().cancelled_owned()));
        let router = Arc::new(RwLock::new(router::router(state.clone())));
        let serve = axum::serve(listener, opening::door(Arc::clone(&router)));
        tokio::spawn(serve.with_graceful_shutdown(stop.clone().cancelled_owned()).into_future());
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        TestShop { state, url, http, simulator: address, key, router, stop, _folder: folder }
    }

    /// As if the shop had been started anew with other settings, at the same address.
    pub async fn restart(&mut self, providers: ProviderSettings) {
        let settings = Settings { providers, ..Settings::clone(&self.state.settings) };
        self.state.providers = Arc::new(Providers::from_settings(&settings.providers));
        self.state.settings = Arc::new(settings);
        *self.router.write().await = router::router(self.state.clone());
    }

    /// As a signal does it: nobody new is let in, and what is under way is finished.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Looks whether the books balance, and ends.
    pub async fn close(self) {
        let broken = invariants::check(&self.state.pool).await;
        assert!(broken.is_empty(), "{broken:#?}");
        let row = sqlx::query("select count(*) from inbox where state = 'received'").fetch_one(&self.state.pool).await;
        assert_eq!(row.unwrap().try_get::<i64, _>(0).unwrap(), 0, "the inbox is not empty");
        self.stop.cancel();
        // A server has only so many connections, and some tests open one shop after the other.
        self.state.pool.close().await;
        drop_database(&self.state.settings.database_url).await;
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}/control/{path}", self.simulator)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "/control/{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub async fn simulated(&self) -> Value {
        self.http.get(format!("{}/control/state", self.simulator)).send().await.unwrap().json().await.unwrap()
    }

    /// Lets the simulator deliver what is due and settles it, until nothing moves any more.
    pub async fn settle(&self) {
        for _ in 0..600 {
            let settled = inbox::settle_next(&self.state).await.unwrap();
            let state = self.simulated().await;
            let paused = state["delivery_mode"] == "paused" || state["delivery_mode"] == "dropped";
            let due = state["deliveries"].as_array().unwrap().iter().any(|delivery| {
                delivery["state"] == "waiting"
                    && delivery["next_try_at_ms"].as_i64() <= state["clock"]["now_ms"].as_i64()
            });
            if !settled && (paused || !due) && self.waiting().await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the inbox does not come to rest: {:?}", self.simulated().await["deliveries"]);
    }

    /// Takes the inbox's rounds that are due now, without waiting for what is to be tried again later.
    pub async fn settle_once(&self) {
        while inbox::settle_next(&self.state).await.unwrap() {}
    }

    /// Notices that are due within the next minute.
    async fn waiting(&self) -> i64 {
        let row = sqlx::query("select count(*) from inbox where state = 'received' and next_try_at <= $1")
            .bind(self.state.clock.now() + 30_000)
            .fetch_one(&self.state.pool)
            .await
            .unwrap();
        row.try_get(0).unwrap()
    }

    pub async fn forward(&self, seconds: i64) {
        self.control("clock", json!({ "forward_seconds": seconds })).await;
    }

    pub async fn sweep(&self) {
        sweep::sweep(&self.state).await.unwrap();
    }

    /// A basket with these things, in Japan.
    pub async fn basket(&self, things: &[(&str, i64)]) -> String {
        self.basket_in(Market::Japan, things).await
    }

    pub async fn basket_in(&self, market: Market, things: &[(&str, i64)]) -> String {
        let token = basket::create(&self.state.pool, market, self.state.clock.now()).await.unwrap();
        let id = token::fingerprint(&token);
        for (variant, quantity) in things {
            basket::add(&self.state.pool, &id, variant, *quantity, self.state.clock.now()).await.unwrap();
        }
        id
    }

    pub async fn start(&self, basket: &str, method: &str) -> Result<Next, Problem> {
        self.start_with(basket, &format!("komoju/{method}")).await
    }

    /// `method` as the checkout's form has it: `dojo/card`.
    pub async fn start_with(&self, basket: &str, method: &str) -> Result<Next, Problem> {
        checkout::start(&self.state, basket, contact(), method, "en").await
    }

    /// Puts things into a basket and goes to the hosted page.
    pub async fn order(&self, things: &[(&str, i64)], method: &str) -> TestOrder {
        let basket = self.basket(things).await;
        let next = self.start(&basket, method).await;
        self.test_order(basket, next.unwrap()).await
    }

    pub async fn test_order(&self, basket: String, next: Next) -> TestOrder {
        let Next::HostedPage(page) = next else { panic!("{next:?}") };
        let row = sqlx::query(
            "select o.id, o.token, a.session from orders o join attempts a on a.order_id = o.id where a.page_url = $1",
        )
        .bind(&page)
        .fetch_one(&self.state.pool)
        .await
        .unwrap();
        let text = |column| row.try_get::<String, _>(column).unwrap();
        TestOrder { id: text(0), token: text(1), session: text(2), basket, page }
    }

    /// Pays on the hosted page by card; whether it was accepted.
    pub async fn pay(&self, order: &TestOrder, card: &str) -> bool {
        let body = json!({ "payment_details": { "type": "credit_card", "number": card, "month": 12, "year": 2030,
                                                "verification_value": "123", "name": "Mika" } });
        let url = format!("{}/komoju/api/v1/sessions/{}/pay", self.simulator, order.session);
        let answer = self.http.post(url).basic_auth(&self.key, Some("")).json(&body).send().await.unwrap();
        answer.status().is_success()
    }

    /// Fills in the hosted page's form for a slip.
    pub async fn issue_slip(&self, order: &TestOrder) {
        let form = HashMap::from([("store", "lawson"), ("name", "Mika"), ("email", "mika@example.com")]);
        let answer = self.http.post(format!("{}/konbini", order.page)).form(&form).send().await.unwrap();
        assert!(answer.status().is_redirection() || answer.status().is_success(), "{}", answer.status());
    }

    /// Presses "Return to merchant".
    pub async fn leave(&self, order: &TestOrder) {
        let answer = self.http.post(format!("{}/return", order.page)).send().await.unwrap();
        assert_eq!(answer.status(), 303);
    }

    pub async fn payment_of(&self, order: &TestOrder) -> String {
        let state = self.simulated().await;
        let payments = state["payments"].as_array().unwrap();
        let payment = payments.iter().find(|payment| payment["session"] == order.session.as_str());
        payment.expect("a payment of the session")["id"].as_str().unwrap().to_owned()
    }

    pub async fn view(&self, order: &TestOrder) -> order_view::OrderView {
        order_view::read(&self.state, &order.token, None).await.unwrap().unwrap()
    }

    pub async fn order_state(&self, order: &TestOrder) -> OrderState {
        let mut db = self.state.pool.acquire().await.unwrap();
        orders::by_id(&mut db, &order.id).await.unwrap().unwrap().state
    }

    /// Units in the house and units held.
    pub async fn stock(&self, variant: &str) -> (i64, i64) {
        let row = sqlx::query("select stock, held from variants where id = $1")
            .bind(variant)
            .fetch_one(&self.state.pool)
            .await
            .unwrap();
        (row.try_get(0).unwrap(), row.try_get(1).unwrap())
    }

    pub async fn sessions(&self) -> usize {
        self.simulated().await["sessions"].as_array().unwrap().len()
    }

    /// The order's journal, by the short names of its entries.
    pub async fn journal(&self, order: &TestOrder) -> Vec<String> {
        self.view(order).await.journal.into_iter().map(|entry| entry.what).collect()
    }
}

pub struct TestOrder {
    pub id: String,
    pub token: String,
    pub basket: String,
    pub session: String,
    pub page: String,
}

pub fn contact() -> Contact {
    Contact {
        email: "mika@example.com".into(),
        name: "Mika".into(),
        street: "1 Curtain Road".into(),
        city: "Kyoto".into(),
        postcode: "604-8001".into(),
        country: "Japan".into(),
    }
}
