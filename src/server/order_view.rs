//! What an order's page shows: the database's rows turned into what is true for the shopper.

use crate::domain::{Delivery, Instructions, Market, Money, OrderState, Timestamp};

/// The one thing that the page says at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    /// The shopper is expected on the hosted page, or has left it without paying: the basket is kept.
    NotPaidYet { page_url: Option<String> },
    /// The last try was declined; the hosted page may still be open.
    Declined { page_url: Option<String> },
    /// The provider says it is paid; its webhook is not here yet. Not an error, however long it takes.
    PaidUnconfirmed,
    /// A slip or a transfer that the shopper still has to pay.
    WaitingForYou(Instructions),
    Complete,
    Cancelled,
    Expired,
    PartlyRefunded(Money),
    Refunded(Money),
    UnderReview,
}

pub struct OrderView {
    pub id: String,
    pub token: String,
    pub market: Market,
    pub state: OrderState,
    pub face: Face,
    pub placed_at: Timestamp,
    pub total: Money,
    pub lines: Vec<LineView>,
    /// "Card", "Convenience store"; of the newest attempt.
    pub method: String,
    pub provider: String,
    /// Whether anything is sent by post.
    pub posted: bool,
    /// The receipt, once fulfilled: plain text without personal data.
    pub receipt: Option<String>,
    /// For developers: everything behind the state, oldest first.
    pub attempts: Vec<AttemptView>,
    pub journal: Vec<JournalEntry>,
    pub notices: Vec<NoticeView>,
    pub fulfilments: i64,
}

pub struct LineView {
    pub name: String,
    pub label: String,
    pub drawing: String,
    pub delivery: Delivery,
    pub quantity: i64,
    pub total: Money,
    /// Where the download opens; `None` while it does not.
    pub download: Option<String>,
}

pub struct AttemptView {
    pub id: String,
    pub provider: String,
    pub method: String,
    pub state: &'static str,
    pub session: Option<String>,
    pub seen: Option<String>,
    pub holds: String,
    pub opened_at: Timestamp,
    pub expires_at: Timestamp,
}

pub struct JournalEntry {
    pub at: Timestamp,
    pub what: String,
    pub detail: String,
}

pub struct NoticeView {
    pub event: String,
    pub state: String,
    pub outcome: String,
    pub tries: i64,
    pub received_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

/// The order with this token; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn read(_state: &super::state::AppState, _token: &str) -> Result<Option<OrderView>, sqlx::Error> {
    Ok(None)
}

/// What of the order the live status compares, cheap to read: it changes whenever the page would. `None`: no such order.
///
/// # Errors
/// When the database fails.
pub async fn version(_state: &super::state::AppState, _token: &str) -> Result<Option<String>, sqlx::Error> {
    Ok(None)
}
