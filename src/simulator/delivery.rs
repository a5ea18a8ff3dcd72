//! Webhooks on their way: what waits, when it is tried again, and the task that sends it.
//!
//! How KOMOJU spaces its tries, how long it waits for an answer and what it takes for success are not documented; what
//! is chosen here is an assumption. Deliveries go out one after the other in the order of their events, unless held
//! back and released in another.

use super::state::{App, Provider, State, World, keep_newest};
use super::times::{HOUR_MS, SECOND_MS};
use super::{ids, komoju};
use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long to wait after each failed try, in milliseconds of the simulator's clock; then it gives up. An assumption.
pub const RETRY_AFTER_MS: [i64; 7] =
    [5 * SECOND_MS, 30 * SECOND_MS, 120 * SECOND_MS, 600 * SECOND_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

/// How long the receiver may take to answer. An assumption.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// How many deliveries are remembered.
const MOST: usize = 2_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Sent at once.
    #[default]
    Now,
    /// Held back until released.
    Paused,
    /// Not sent at all, as if lost on the way.
    Dropped,
    /// Sent two times.
    Twice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    Delivered,
    GaveUp,
    Dropped,
}

/// One event on its way to one address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    pub id: String,
    pub provider: Provider,
    /// The provider's name for the event and its kind.
    pub event: String,
    pub kind: String,
    /// The bytes that are signed and sent, the same on every try.
    pub body: String,
    pub state: DeliveryState,
    pub created_at: Timestamp,
    pub next_try_at: Timestamp,
    pub tries: Vec<Try>,
    /// Its place in the queue. A resend gives it a new one.
    rank: i64,
    /// May go out although deliveries are held back.
    released: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    pub at: Timestamp,
    /// What the receiver answered; `None` when it did not.
    pub status: Option<u16>,
    pub error: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Deliveries {
    pub mode: Mode,
    /// Where webhooks go instead of to the shop.
    pub url: Option<String>,
    /// Oldest first.
    pub list: Vec<Delivery>,
    next_rank: i64,
}

/// The order in which held deliveries are released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Given,
    Reversed,
}

impl Deliveries {
    /// Queues an event, as the mode says.
    pub fn queue(&mut self, provider: Provider, event: &str, kind: &str, body: &str, now: Timestamp) {
        let copies = if self.mode == Mode::Twice { 2 } else { 1 };
        for _ in 0..copies {
            let rank = self.rank();
            let state = if self.mode == Mode::Dropped { DeliveryState::Dropped } else { DeliveryState::Waiting };
            self.list.push(Delivery {
                id: ids::id(),
                provider,
                event: event.to_owned(),
                kind: kind.to_owned(),
                body: body.to_owned(),
                state,
                created_at: now,
                next_try_at: now,
                tries: Vec::new(),
                rank,
                released: false,
            });
        }
        keep_newest(&mut self.list, MOST);
    }

    /// Sends it again at once, whatever became of it. `false` when there is none of this name.
    pub fn resend(&mut self, id: &str, now: Timestamp) -> bool {
        let rank = self.rank();
        let Some(delivery) = self.list.iter_mut().find(|delivery| delivery.id == id) else { return false };
        delivery.state = DeliveryState::Waiting;
        delivery.next_try_at = now;
        delivery.released = true;
        delivery.rank = rank;
        true
    }

    /// Lets everything go that waits, in this order; answers how many. The mode stays.
    pub fn release(&mut self, order: Order, now: Timestamp) -> usize {
        let first = self.next_rank;
        let mut waiting: Vec<&mut Delivery> =
            self.list.iter_mut().filter(|delivery| delivery.state == DeliveryState::Waiting).collect();
        waiting.sort_by_key(|delivery| delivery.rank);
        if order == Order::Reversed {
            waiting.reverse();
        }
        let count = waiting.len();
        for (rank, delivery) in (first..).zip(waiting) {
            delivery.rank = rank;
            delivery.released = true;
            delivery.next_try_at = now;
        }
        self.next_rank += i64::try_from(count).unwrap_or(i64::MAX);
        count
    }

    fn rank(&mut self) -> i64 {
        self.next_rank += 1;
        self.next_rank - 1
    }

    fn next_due(&self, now: Timestamp) -> Option<&Delivery> {
        let may_go = |delivery: &&Delivery| {
            delivery.state == DeliveryState::Waiting
                && delivery.next_try_at <= now
                && (delivery.released || self.mode != Mode::Paused)
        };
        self.list.iter().filter(may_go).min_by_key(|delivery| delivery.rank)
    }

    /// Writes down how a try went. `rank` is the delivery's when the try began: if it was asked for again meanwhile,
    /// that wish stays.
    fn record(&mut self, id: &str, rank: i64, result: Try) {
        let Some(delivery) = self.list.iter_mut().find(|delivery| delivery.id == id) else { return };
        let (now, ok) = (result.at, result.status.is_some_and(|status| (200..300).contains(&status)));
        delivery.tries.push(result);
        if delivery.rank != rank {
            return;
        }
        delivery.released = false;
        if ok {
            delivery.state = DeliveryState::Delivered;
        } else if let Some(wait_ms) = RETRY_AFTER_MS.get(delivery.tries.len() - 1) {
            delivery.next_try_at = now.saturating_add(*wait_ms);
        } else {
            delivery.state = DeliveryState::GaveUp;
        }
    }
}

/// Where this provider's webhooks go.
pub fn address(app: &App, state: &State, provider: Provider) -> String {
    let to_shop = || format!("{}/webhooks/{}", app.shop_url, provider.code());
    state.deliveries.url.clone().unwrap_or_else(to_shop)
}

/// Sends what is due, oldest first, until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        let sent = tokio::select! {
            () = stop.cancelled() => return,
            sent = send_next(&app) => sent,
        };
        if sent {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.to_send.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(250)) => {}
        }
    }
}

/// Lets time pass for sessions and slips, so that they expire without being asked.
pub async fn watch_the_clock(app: App, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(250)) => {}
        }
        let now = app.now();
        if app.read(|state| komoju::expiry::is_due(state, now)) {
            app.change(|world| komoju::expiry::pass_time(world));
        }
    }
}

/// Makes one try of the next delivery that is due; `false` when none is.
pub async fn send_next(app: &App) -> bool {
    let now = app.now();
    let next = app.read(|state| {
        let delivery = state.deliveries.next_due(now)?.clone();
        let headers = match delivery.provider {
            Provider::Komoju => komoju::webhook::headers(state, &delivery),
        };
        let url = address(app, state, delivery.provider);
        Some((delivery, headers, url))
    });
    let Some((delivery, headers, url)) = next else { return false };
    let result = match post(app, &url, &headers, delivery.body.clone()).await {
        Ok(status) => Try { at: app.now(), status: Some(status), error: None },
        Err(error) => Try { at: app.now(), status: None, error: Some(error) },
    };
    app.change(|world: &mut World<'_>| world.state.deliveries.record(&delivery.id, delivery.rank, result));
    true
}

/// One POST; the receiver's status, or why there was none.
///
/// # Errors
/// A sentence for the page.
pub async fn post(app: &App, url: &str, headers: &[(&str, String)], body: String) -> Result<u16, String> {
    let mut request = app.http.post(url).timeout(TIMEOUT).body(body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    match request.send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) if error.is_timeout() => Err("no answer in time".to_owned()),
        Err(error) if error.is_connect() => Err("nobody listens there".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
