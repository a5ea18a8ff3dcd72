//! What only shoppers of the crash test do at a provider, beside what `till` of all tests has.

#[path = "../till.rs"]
mod shared;

use Till::{Bpc, Dojo, Komoju, Stablemint};
pub use shared::{GOODS, Till};

/// What runs out during a run.
pub const SCARCE: &str = "ink-bottle-sea";

impl Till {
    /// Another way to pay the same basket, for who changes their mind.
    pub fn other_method(self) -> Option<&'static str> {
        match self {
            Komoju => Some("komoju/paypay"),
            Dojo => None,
            Bpc => Some("stablemint/bank_transfer"),
            Stablemint => Some("bpc/card"),
        }
    }

    /// Whose hosted page this is.
    pub fn of_page(page: &str) -> Option<Till> {
        let path = page.splitn(4, '/').nth(3)?;
        Till::ALL.into_iter().find(|till| path.starts_with(till.code()))
    }
}
