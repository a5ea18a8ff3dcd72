//! Everything the simulator knows, in one place behind one lock, and the handle that the routes share.

use super::bpc::Bpc;
use super::clock::TurnableClock;
use super::delivery::Deliveries;
use super::dojo::Dojo;
use super::faults::Plan;
use super::komoju::Komoju;
use super::provider::Provider;
use super::stablemint::StableMint;
use super::switches::Switches;
use crate::domain::Timestamp;
use crate::server::clock::Clock;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What is kept between starts. A field that an older file lacks gets its default.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// How far the clock was turned, in milliseconds.
    pub clock_ahead_ms: i64,
    pub switches: Switches,
    pub deliveries: Deliveries,
    /// The faults that are planned.
    pub plan: Plan,
    pub komoju: Komoju,
    pub dojo: Dojo,
    pub bpc: Bpc,
    pub stablemint: StableMint,
}

impl State {
    /// Forgets everything but the keys and the clock: the shop goes by the same clock, and for it time must not run back.
    fn reset(&mut self) {
        let old = std::mem::replace(self, State { clock_ahead_ms: self.clock_ahead_ms, ..State::default() });
        (self.komoju, self.dojo, self.bpc, self.stablemint) = (old.komoju, old.dojo, old.bpc, old.stablemint);
        self.komoju.reset();
        self.dojo.reset();
        self.bpc.reset();
        self.stablemint.reset();
    }
}

/// The state with the moment and place in which it is changed: what every provider's function works on.
pub struct World<'a> {
    pub state: &'a mut State,
    pub now: Timestamp,
    /// The simulator's own address, without a slash at the end.
    pub base_url: &'a str,
}

/// The handle that routes and tasks share.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub clock: Arc<TurnableClock>,
    pub base_url: String,
    /// Where webhooks go unless /control says otherwise.
    pub shop_url: String,
    pub http: reqwest::Client,
    /// Rung after every change: something may have to be sent.
    pub to_send: Notify,
    /// Rung after every change: something has to be saved.
    pub to_save: Notify,
    state: Mutex<State>,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    pub fn new(
        clock: Arc<TurnableClock>,
        base_url: String,
        shop_url: String,
        http: reqwest::Client,
        state: State,
    ) -> App {
        let (to_send, to_save) = (Notify::new(), Notify::new());
        App(Arc::new(Inner { clock, base_url, shop_url, http, to_send, to_save, state: Mutex::new(state) }))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reads without waking anybody.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state, then wakes the sender and the saver.
    pub fn change<T>(&self, act: impl FnOnce(&mut World<'_>) -> T) -> T {
        let result = {
            let mut state = self.lock();
            act(&mut World { state: &mut state, now: self.now(), base_url: &self.base_url })
        };
        self.to_send.notify_one();
        self.to_save.notify_one();
        result
    }

    /// Turns the clock and lets everything happen that fell due on the way.
    pub fn forward(&self, by_ms: i64) {
        self.clock.turn(by_ms);
        self.change(|world| {
            world.state.clock_ahead_ms = self.clock.ahead_ms();
            for provider in Provider::ALL {
                provider.pass_time(world);
            }
        });
    }

    /// Forgets everything but the keys and the clock.
    pub fn reset(&self) {
        self.change(|world| world.state.reset());
    }

    /// A panic while the lock was held may have left half a change; a simulator goes on with it all the same.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the newest `most` of a list that would otherwise grow for ever.
pub fn keep_newest<T>(list: &mut Vec<T>, most: usize) {
    if list.len() > most {
        list.drain(..list.len() - most);
    }
}
