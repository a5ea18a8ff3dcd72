//! Plumbing: everything the shop stands on that is not about payments.

pub mod basket;
pub mod catalogue;
pub mod clock;
pub mod connections;
pub mod contact;
pub mod database;
pub mod doctor;
pub mod downloads;
pub mod forms;
pub mod order_view;
pub mod orders;
pub mod page_cache;
pub mod router;
pub mod security;
pub mod sellers;
pub mod settings;
pub mod stand_in;
pub mod state;
pub mod stopping;
pub mod telemetry;
#[cfg(test)]
pub mod test_database;
pub mod token;
pub mod visitor;
