//! The shop as a whole: through its router, on a database of its own, with the simulator behind it. The clock is turned
//! by hand, and the loops' rounds are taken by hand, so that a test decides what happens in which order.
//!
//! Every test asserts effects: stock, states, the journal, what is fulfilled. [`shop::TestShop::close`] then looks
//! whether the books balance: nothing left in the inbox, no hold without a live attempt, nothing fulfilled twice.

mod alarms;
mod checkout;
mod concurrency;
mod database_address;
mod dojo;
mod door;
mod filled_database;
mod fuzz_targets;
mod fuzzing;
mod interleavings;
mod invariants;
mod matrix;
mod offers;
mod platform;
mod platform_orders;
mod platform_simulated;
mod provider_trouble;
mod refunds;
mod rules;
mod scenarios;
mod security;
mod settle;
mod several;
mod shop;
mod stock;
mod strange;
mod sweep;
mod till;
mod tills;
mod unanswered;
mod unknowns;
