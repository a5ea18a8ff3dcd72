//! The server functions: every form of the shop.
