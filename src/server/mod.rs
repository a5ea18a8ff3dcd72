//! Plumbing: everything the shop stands on that is not about payments.

pub mod basket;
pub mod catalogue;
pub mod clock;
pub mod database;
pub mod doctor;
pub mod order_view;
pub mod orders;
pub mod router;
pub mod settings;
pub mod state;
pub mod telemetry;
pub mod token;
