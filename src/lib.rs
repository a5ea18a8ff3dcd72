//! Noren: a storefront that takes payment on other companies' hosted pages.
//!
//! The map. Read the modules in this order:
//!
//! 1. [`domain`]: what a shop talks about (money, market, product, basket, order, attempt), without I/O.
//! 2. [`payments`]: the point of the project. Checkout, the webhook's door, the inbox that settles notices,
//!    fulfilment, the sweep, and one file for each provider.
//! 3. [`server`]: plumbing. Settings, the database and its SQL, the router, the clock.
//! 4. [`pages`]: what the shopper sees, rendered on the server. [`islands`]: the little that also runs in the browser.
//! 5. [`api`]: the server functions, which is every form of the shop.
//! 6. [`simulator`]: the payment providers' stand-in, a mirror of `payments` that shares none of its wire types.
//!
//! Features decide which of these are compiled, and they do so only here: no other file has a `cfg` for a feature.

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

pub mod api;
pub mod domain;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod payments;
#[cfg(feature = "ssr")]
pub mod server;

#[cfg(feature = "simulator")]
pub mod simulator;
#[cfg(all(feature = "ssr", not(feature = "simulator")))]
#[path = "without_simulator.rs"]
pub mod simulator;

/// Where the browser's side starts: wakes the islands that the page contains.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
