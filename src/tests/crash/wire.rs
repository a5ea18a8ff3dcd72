//! The wire: all that shoppers, shop and providers say to each other passes here, and here the shop is killed.
//!
//! It is the shop's `PUBLIC_URL` and the address of each provider's API, so shoppers, webhooks and hosted pages come here
//! too. What is not the simulator's goes to the shop, or to each of several in turn.

use super::points::{Call, Moment, Point};
use super::process::{Shop, fresh};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What an answer says that did not come from anybody: its receiver was dead.
pub const NOBODY: &str = "x-nobody-there";
const PROVIDERS: [&str; 5] = ["/komoju/", "/dojo/", "/bpc/", "/stablemint/", "/control/"];

/// Where the next kill waits.
struct Trap {
    point: Point,
    /// How long after its moment it comes.
    after: Duration,
}

/// A hosted page that a provider made, whether or not the shop heard of it.
#[derive(Clone)]
pub struct Opened {
    pub session: String,
    /// The order's, from the address to come back to.
    pub token: String,
}

pub struct Wire {
    pub address: SocketAddr,
    shops: OnceLock<Vec<Arc<Shop>>>,
    /// Whose turn it is.
    turn: AtomicUsize,
    simulator: OnceLock<SocketAddr>,
    trap: Mutex<Option<Trap>>,
    sprung: Notify,
    /// By the page's address.
    opened: Mutex<HashMap<String, Opened>>,
}

impl Wire {
    pub async fn open() -> Arc<Wire> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Arc::new(Wire {
            address: listener.local_addr().unwrap(),
            shops: OnceLock::new(),
            turn: AtomicUsize::new(0),
            simulator: OnceLock::new(),
            trap: Mutex::new(None),
            sprung: Notify::new(),
            opened: Mutex::default(),
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&wire));
        tokio::spawn(axum::serve(listener, router).into_future());
        wire
    }

    pub fn connect(&self, shops: Vec<Arc<Shop>>, simulator: SocketAddr) {
        assert!(self.shops.set(shops).is_ok() && self.simulator.set(simulator).is_ok(), "connected once");
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn shops(&self) -> &[Arc<Shop>] {
        self.shops.get().expect("the wire is connected")
    }

    /// The one that is killed.
    pub fn shop(&self) -> &Arc<Shop> {
        &self.shops()[0]
    }

    /// Each of those that run in turn, as a load balancer does it.
    fn next_shop(&self) -> Option<SocketAddr> {
        let running: Vec<SocketAddr> = self.shops().iter().filter_map(|shop| shop.address()).collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        running.get(turn.checked_rem(running.len())?).copied()
    }

    fn simulator(&self) -> SocketAddr {
        *self.simulator.get().expect("the wire is connected")
    }

    /// Kills the shop when the point is reached; `false` when it was not within `patience`, and nothing was killed.
    pub async fn kill_at(&self, point: Point, after: Duration, patience: Duration) -> bool {
        *self.trap() = Some(Trap { point, after });
        if tokio::time::timeout(patience, self.sprung.notified()).await.is_ok() {
            return true;
        }
        let missed = self.trap().take().is_some();
        if !missed {
            // It sprang in this very moment, and the kill is on its way.
            self.sprung.notified().await;
        }
        !missed
    }

    /// The page that the browser is on.
    pub fn opened(&self, page: &str) -> Opened {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.get(page).unwrap_or_else(|| panic!("no provider made the page {page}")).clone()
    }

    fn note(&self, asked: &str, answer: &[u8]) {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let first = |names: &[&str]| names.iter().find_map(|name| answer[*name].as_str()).map(str::to_owned);
        let page = first(&["session_url", "paymentLink", "paymentUrl", "url"]);
        let (Some(page), Some(session)) = (page, first(&["id", "reference"])) else { return };
        let token =
            asked.split_once("orders").map_or("", |(_, rest)| rest.trim_start_matches("%2F").trim_start_matches('/'));
        let token = token.chars().take_while(char::is_ascii_alphanumeric).collect();
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.insert(page, Opened { session, token });
    }

    fn trap(&self) -> MutexGuard<'_, Option<Trap>> {
        self.trap.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `true`: what is passing is lost.
    fn reach(self: &Arc<Self>, call: Call, moment: Moment) -> bool {
        let mut trap = self.trap();
        let Some(Trap { point, after }) = trap.take_if(|trap| trap.point.call == call && trap.point.moment == moment)
        else {
            return false;
        };
        drop(trap);
        let wire = Arc::clone(self);
        let kill = move || {
            std::thread::sleep(after);
            wire.shop().kill();
            wire.sprung.notify_one();
        };
        // A thread, because the runtime's timer only knows whole milliseconds.
        let killer = std::thread::spawn(kill);
        if point.within_us == 0 {
            killer.join().expect("killing does not fail");
        }
        point.lost
    }
}

/// In a task of its own: a caller that is killed does not undo what was passed on.
async fn pass(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    tokio::spawn(pass_on(wire, request)).await.expect("passing on does not fail")
}

async fn pass_on(wire: Arc<Wire>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1024 * 1024).await else { return nobody() };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let call = Call::of(&parts.method, parts.uri.path(), &body);
    if wire.reach(call, Moment::Came) {
        return nobody();
    }
    let to = match PROVIDERS.iter().any(|provider| path.starts_with(provider)) {
        true => Some(wire.simulator()),
        false => wire.next_shop(),
    };
    let Some(to) = to else { return nobody() };
    let mut headers = parts.headers;
    for name in [header::HOST, header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    let asked = String::from_utf8_lossy(&body).into_owned();
    let sent = fresh().request(parts.method, format!("http://{to}{path}")).headers(headers).body(body).send().await;
    let Ok(answer) = sent else { return nobody() };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let Ok(body) = answer.bytes().await else { return nobody() };
    // The simulator names its own address, and nobody is to go past the wire.
    let (from, to) = (wire.simulator().to_string(), wire.address.to_string());
    let body = replaced(&body, &from, &to);
    if call == Call::OpenPage {
        wire.note(&asked, &body);
    }
    if wire.reach(call, Moment::Done) {
        return nobody();
    }
    (status, readdressed(headers, &from, &to), Body::from(body)).into_response()
}

fn nobody() -> Response {
    (StatusCode::BAD_GATEWAY, [(NOBODY, "true")]).into_response()
}

fn readdressed(mut headers: HeaderMap, from: &str, to: &str) -> HeaderMap {
    for name in [header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    if let Some(place) = headers.get(header::LOCATION).and_then(|place| place.to_str().ok()) {
        let place = place.replace(from, to);
        headers.insert(header::LOCATION, HeaderValue::from_str(&place).expect("an address stays one"));
    }
    headers
}

fn replaced(body: &Bytes, from: &str, to: &str) -> Bytes {
    match std::str::from_utf8(body) {
        Ok(text) if text.contains(from) => text.replace(from, to).into(),
        _ => body.clone(),
    }
}
