//! What a shop talks about, without I/O: compiled for the server and for the browser alike.

pub mod attempt;
pub mod basket;
pub mod market;
pub mod money;
pub mod order;
pub mod problem;
pub mod product;
#[cfg(test)]
mod properties;
pub mod refund;
pub mod seller;

pub use attempt::{Attempt, AttemptState, Back, Instructions, Method, ProviderName};
pub use basket::{Basket, BasketLine, Contact};
pub use market::Market;
pub use money::{Currency, Money};
pub use order::{IllegalStep, Order, OrderState};
pub use problem::Problem;
pub use product::{Delivery, Product, Variant};
pub use refund::{AskedRefund, RefundState};
pub use seller::{Division, SellerStanding, Share, SoldBy, divides};

/// Milliseconds since 1970-01-01T00:00:00Z, from the clock that is passed in.
pub type Timestamp = i64;
