//! Webhooks on their way: what waits, in which order, and when it is tried again. The sending itself is in `sender`.
//!
//! How KOMOJU spaces its tries and what it takes for success are not documented; what is chosen here is an assumption.

use super::ids;
use super::state::{Provider, keep_newest};
use super::times::{HOUR_MS, SECOND_MS};
use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};

/// How long to wait after each failed try, in milliseconds of the simulator's clock; then it gives up. An assumption.
pub const RETRY_AFTER_MS: [i64; 7] =
    [5 * SECOND_MS, 30 * SECOND_MS, 120 * SECOND_MS, 600 * SECOND_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

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
    pub(super) rank: i64,
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

    /// The delivery whose turn it is.
    pub fn next_due(&self, now: Timestamp) -> Option<&Delivery> {
        let may_go = |delivery: &&Delivery| {
            delivery.state == DeliveryState::Waiting
                && delivery.next_try_at <= now
                && (delivery.released || self.mode != Mode::Paused)
        };
        self.list.iter().filter(may_go).min_by_key(|delivery| delivery.rank)
    }

    /// Writes down how a try went. `rank` is the delivery's when the try began: if it was asked for again meanwhile,
    /// that wish stays.
    pub fn record(&mut self, id: &str, rank: i64, result: Try) {
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
