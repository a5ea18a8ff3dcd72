//! Webhooks on their way: what waits, in which order, and when it is tried again. The sending itself is in `sender`.
//!
//! Any 2xx is success, with every provider: StableMint and Dojo say so, and of the others it is assumed.

use super::ids;
use super::provider::Provider;
use super::state::keep_newest;
use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// The subscription that it is sent to, where the provider has subscriptions.
    #[serde(default)]
    pub subscription: Option<String>,
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
    /// Where a provider's webhooks go instead of to the shop.
    pub urls: BTreeMap<Provider, String>,
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

/// An event that is to be sent.
pub struct Parcel<'a> {
    pub provider: Provider,
    pub subscription: Option<&'a str>,
    /// The provider's name for the event and its kind.
    pub event: &'a str,
    pub kind: &'a str,
    pub body: &'a str,
}

impl Deliveries {
    /// Queues an event, as the mode says.
    pub fn queue(&mut self, parcel: &Parcel<'_>, now: Timestamp) {
        let copies = if self.mode == Mode::Twice { 2 } else { 1 };
        for _ in 0..copies {
            let rank = self.rank();
            let state = if self.mode == Mode::Dropped { DeliveryState::Dropped } else { DeliveryState::Waiting };
            self.list.push(Delivery {
                id: ids::id(),
                provider: parcel.provider,
                subscription: parcel.subscription.map(str::to_owned),
                event: parcel.event.to_owned(),
                kind: parcel.kind.to_owned(),
                body: parcel.body.to_owned(),
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
        } else if let Some(wait_ms) = delivery.provider.retry_after_ms().get(delivery.tries.len() - 1) {
            delivery.next_try_at = now.saturating_add(*wait_ms);
        } else {
            delivery.state = DeliveryState::GaveUp;
        }
    }
}
