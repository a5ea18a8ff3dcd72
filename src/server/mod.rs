//! Plumbing: everything the shop stands on that is not about payments.

pub mod clock;
