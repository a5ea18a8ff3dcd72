//! Webhooks on their way: what waits, in which order, and when it is tried again. The sending itself is in `sender`.
//!
//! Any 2xx is success, with every provider: StableMint and Dojo say so, and of the others it is assumed.

use super::chance::Chance;
use super::faults::{Tries, What};
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

impl Mode {
    /// What it does to every webhook for which no fault is planned.
    pub fn what(self) -> Option<What> {
        match self {
            Mode::Now | Mode::Paused => None,
            Mode::Dropped => Some(What::Lost),
            Mode::Twice => Some(What::Repeated { copies: 2 }),
        }
    }
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
    /// What is done to it.
    #[serde(default)]
    pub fault: Option<What>,
    /// Those with the same number are sent at the same moment.
    #[serde(default)]
    pub(super) together: Option<i64>,
    /// The fault that holds it until there are enough to put into another order.
    #[serde(default)]
    pub(super) held_by: Option<u64>,
}

impl Delivery {
    /// What spoils the try that is made now.
    pub fn spoiled_by(&self) -> Option<What> {
        let (What::Signed { tries, .. } | What::Changed { tries }) = self.fault? else { return None };
        (tries == Tries::Every || self.tries.is_empty()).then_some(self.fault?)
    }
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Given,
    Reversed,
    /// As the seed has it.
    Shuffled,
}

/// An event that is to be sent.
#[derive(Clone, Copy)]
pub struct Parcel<'a> {
    pub provider: Provider,
    /// The session that it is about, by the name that the shop knows; empty when it is about none.
    pub session: &'a str,
    pub subscription: Option<&'a str>,
    /// The provider's name for the event and its kind.
    pub event: &'a str,
    pub kind: &'a str,
    pub body: &'a str,
}

impl Deliveries {
    /// Puts an event at the end of the queue.
    pub(super) fn push(&mut self, parcel: &Parcel<'_>, now: Timestamp) -> &mut Delivery {
        let rank = self.rank();
        self.list.push(Delivery {
            id: ids::id(),
            provider: parcel.provider,
            subscription: parcel.subscription.map(str::to_owned),
            event: parcel.event.to_owned(),
            kind: parcel.kind.to_owned(),
            body: parcel.body.to_owned(),
            state: DeliveryState::Waiting,
            created_at: now,
            next_try_at: now,
            tries: Vec::new(),
            rank,
            released: false,
            fault: None,
            together: None,
            held_by: None,
        });
        keep_newest(&mut self.list, MOST);
        let last = self.list.len() - 1;
        &mut self.list[last]
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
    pub fn release(&mut self, order: Order, chance: &mut Chance, now: Timestamp) -> usize {
        self.put_in_order(|_| true, order, chance, now)
    }

    /// Lets those of the waiting ones go that fit; answers how many.
    pub(super) fn put_in_order(
        &mut self,
        fits: impl Fn(&Delivery) -> bool,
        order: Order,
        chance: &mut Chance,
        now: Timestamp,
    ) -> usize {
        let first = self.next_rank;
        let waits = |delivery: &&mut Delivery| delivery.state == DeliveryState::Waiting && fits(delivery);
        let mut waiting: Vec<&mut Delivery> = self.list.iter_mut().filter(waits).collect();
        waiting.sort_by_key(|delivery| delivery.rank);
        match order {
            Order::Given => {}
            Order::Reversed => waiting.reverse(),
            Order::Shuffled => chance.shuffle(&mut waiting),
        }
        let count = waiting.len();
        for (rank, delivery) in (first..).zip(waiting) {
            delivery.rank = rank;
            delivery.released = true;
            delivery.held_by = None;
            delivery.next_try_at = now;
        }
        self.next_rank += i64::try_from(count).unwrap_or(i64::MAX);
        count
    }

    /// The place that the next one in the queue gets.
    pub(super) fn next_rank(&self) -> i64 {
        self.next_rank
    }

    fn rank(&mut self) -> i64 {
        self.next_rank += 1;
        self.next_rank - 1
    }

    /// The delivery whose turn it is, with those that are sent at the same moment; none when nothing is due.
    pub fn next_due(&self, now: Timestamp) -> Vec<&Delivery> {
        let may_go = |delivery: &&Delivery| {
            delivery.state == DeliveryState::Waiting
                && delivery.next_try_at <= now
                && (delivery.released || self.mode != Mode::Paused)
        };
        let due = || self.list.iter().filter(may_go);
        match due().min_by_key(|delivery| delivery.rank) {
            Some(first) if first.together.is_some() => due().filter(|one| one.together == first.together).collect(),
            first => first.into_iter().collect(),
        }
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
