//! A refund that the merchant asked for: all, or a part, of what was paid with one attempt.

use super::{Money, Timestamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Written down; the provider is being asked, or its answer was lost: nobody knows whether it was made.
    Asked,
    /// The provider has said yes. The order moves when its webhook says so.
    Made,
    /// A verified webhook told of it.
    Settled,
    /// It was not made.
    Refused,
}

impl RefundState {
    pub const ALL: [RefundState; 4] =
        [RefundState::Asked, RefundState::Made, RefundState::Settled, RefundState::Refused];

    pub fn code(self) -> &'static str {
        match self {
            RefundState::Asked => "asked",
            RefundState::Made => "made",
            RefundState::Settled => "settled",
            RefundState::Refused => "refused",
        }
    }

    pub fn from_code(code: &str) -> Option<RefundState> {
        RefundState::ALL.into_iter().find(|state| state.code() == code)
    }
}

#[derive(Clone, Debug)]
pub struct AskedRefund {
    /// Also the key under which the provider is asked, on every try.
    pub id: String,
    pub order: String,
    pub attempt: String,
    pub amount: Money,
    /// What the provider had given back of the payment just before, in minor units; `None` where it does not say.
    pub before_minor: Option<i64>,
    /// Whether it is all that is left of what was paid for the order.
    pub everything: bool,
    /// Whether the order's things go back into stock when a notice settles it.
    pub restock: bool,
    pub state: RefundState,
    /// How often it was taken up.
    pub tries: i64,
    pub asked_at: Timestamp,
}
