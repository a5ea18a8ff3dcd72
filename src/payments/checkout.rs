//! From a basket to the hosted page: order → attempt → provider → where to send the browser.

use crate::domain::{Contact, Problem};
use crate::server::state::AppState;

/// Where the browser goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The provider's page; its origin is on the provider's allow-list.
    HostedPage(String),
    /// The order's own page, by its token: there is nothing to pay (any more).
    OrderPage(String),
}

/// Checkout: makes the order of this version of the basket, or finds the one that a first click made, and opens a page.
///
/// `method` is a form's value (`komoju/credit_card`), `language` what the hosted page should speak (`ja` or `en`).
///
/// # Errors
/// What the shopper can mend, or at least read.
pub async fn start(
    _state: &AppState,
    _basket: &str,
    _contact: Contact,
    _method: &str,
    _language: &str,
) -> Result<Next, Problem> {
    Err(Problem::TryAgain)
}

/// Another attempt at an order that is not paid yet. The older attempt is cancelled at the provider first.
///
/// # Errors
/// As `start`.
pub async fn pay_again(_state: &AppState, _token: &str, _method: &str, _language: &str) -> Result<Next, Problem> {
    Err(Problem::TryAgain)
}

/// The shopper gives the order up: the session is ended at the provider and the stock released.
///
/// # Errors
/// `OrderClosed` when it is already paid or ended.
pub async fn cancel(_state: &AppState, _token: &str) -> Result<(), Problem> {
    Err(Problem::TryAgain)
}
