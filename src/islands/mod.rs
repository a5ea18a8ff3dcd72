//! What runs in the browser as well, one island a file. Every page works without them.

mod order_live;
mod stepper;

pub use order_live::OrderLive;
pub use stepper::Stepper;
