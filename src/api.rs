//! The server functions: every form of the shop.

/// Makes the server functions known to the router.
#[cfg(not(target_arch = "wasm32"))]
pub fn register() {}
