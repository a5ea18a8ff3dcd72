//! A clock that can be turned forward: three days to the end of a slip take one click.

use crate::domain::Timestamp;
use crate::server::clock::{Clock, SystemClock};
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock plus what it was turned by.
#[derive(Default)]
pub struct TurnableClock {
    ahead_ms: AtomicI64,
}

impl TurnableClock {
    /// Turns the clock by this many milliseconds, forward or back.
    pub fn turn(&self, by_ms: i64) {
        self.ahead_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// How far it is ahead of the machine's clock, in milliseconds.
    pub fn ahead_ms(&self) -> i64 {
        self.ahead_ms.load(Ordering::SeqCst)
    }
}

impl Clock for TurnableClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().saturating_add(self.ahead_ms())
    }
}
