//! An order and the states it can be in.
//!
//! A transition consumes the state and answers the next one or an error, so an illegal step cannot be written by
//! accident; the database then applies it only if the row still is in the state it was read in (compare-and-set).

use super::{Contact, Market, Money, Timestamp};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Stored, stock held while an attempt is under way. Nothing has been paid as far as a verified webhook says.
    AwaitingPayment,
    /// A verified webhook said so. It lasts only as long as the transaction that also fulfils.
    Paid,
    /// Stock sold, downloads open, packing slip and receipt written. Once.
    Fulfilled,
    /// The shopper gave it up.
    Cancelled,
    /// Nobody paid in time.
    Expired,
    PartlyRefunded,
    Refunded,
    /// Something does not add up, and a person decides. The journal has the reason.
    NeedsReview,
}

/// A step that the order's state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalStep {
    pub from: OrderState,
    pub to: OrderState,
}

impl fmt::Display for IllegalStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an order cannot go from {} to {}", self.from.code(), self.to.code())
    }
}

impl std::error::Error for IllegalStep {}

impl OrderState {
    pub const ALL: [OrderState; 8] = [
        OrderState::AwaitingPayment,
        OrderState::Paid,
        OrderState::Fulfilled,
        OrderState::Cancelled,
        OrderState::Expired,
        OrderState::PartlyRefunded,
        OrderState::Refunded,
        OrderState::NeedsReview,
    ];

    /// What the database and the journal call it.
    pub fn code(self) -> &'static str {
        match self {
            OrderState::AwaitingPayment => "awaiting_payment",
            OrderState::Paid => "paid",
            OrderState::Fulfilled => "fulfilled",
            OrderState::Cancelled => "cancelled",
            OrderState::Expired => "expired",
            OrderState::PartlyRefunded => "partly_refunded",
            OrderState::Refunded => "refunded",
            OrderState::NeedsReview => "needs_review",
        }
    }

    pub fn from_code(code: &str) -> Option<OrderState> {
        OrderState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Money arrived. An expired order may still be paid: a shopper who pays a slip at 23:58 is told of it next
    /// morning, when the hold may be gone; whether there still is stock is for the caller to find out.
    pub fn pay(self) -> Result<OrderState, IllegalStep> {
        match self {
            OrderState::AwaitingPayment | OrderState::Expired => Ok(OrderState::Paid),
            OrderState::Paid
            | OrderState::Fulfilled
            | OrderState::Cancelled
            | OrderState::PartlyRefunded
            | OrderState::Refunded
            | OrderState::NeedsReview => Err(self.cannot_become(OrderState::Paid)),
        }
    }

    pub fn fulfil(self) -> Result<OrderState, IllegalStep> {
        match self {
            OrderState::Paid => Ok(OrderState::Fulfilled),
            OrderState::AwaitingPayment
            | OrderState::Fulfilled
            | OrderState::Cancelled
            | OrderState::Expired
            | OrderState::PartlyRefunded
            | OrderState::Refunded
            | OrderState::NeedsReview => Err(self.cannot_become(OrderState::Fulfilled)),
        }
    }

    pub fn cancel(self) -> Result<OrderState, IllegalStep> {
        self.give_up(OrderState::Cancelled)
    }

    pub fn expire(self) -> Result<OrderState, IllegalStep> {
        self.give_up(OrderState::Expired)
    }

    /// Only what nobody has paid for can be cancelled or expire.
    fn give_up(self, to: OrderState) -> Result<OrderState, IllegalStep> {
        match self {
            OrderState::AwaitingPayment => Ok(to),
            OrderState::Paid
            | OrderState::Fulfilled
            | OrderState::Cancelled
            | OrderState::Expired
            | OrderState::PartlyRefunded
            | OrderState::Refunded
            | OrderState::NeedsReview => Err(self.cannot_become(to)),
        }
    }

    /// Money went back. An order under review stays there: that part of it came back does not explain it.
    pub fn refund(self, in_full: bool) -> Result<OrderState, IllegalStep> {
        let to = if in_full { OrderState::Refunded } else { OrderState::PartlyRefunded };
        match self {
            OrderState::Paid | OrderState::Fulfilled | OrderState::PartlyRefunded => Ok(to),
            OrderState::NeedsReview if in_full => Ok(to),
            OrderState::NeedsReview => Ok(self),
            OrderState::AwaitingPayment | OrderState::Cancelled | OrderState::Expired | OrderState::Refunded => {
                Err(self.cannot_become(to))
            }
        }
    }

    /// Always possible: a surprise does not ask what state the order is in.
    pub fn review(self) -> OrderState {
        OrderState::NeedsReview
    }

    fn cannot_become(self, to: OrderState) -> IllegalStep {
        IllegalStep { from: self, to }
    }
}

#[derive(Clone, Debug)]
pub struct Order {
    /// What people call it: short, on receipts and packing slips. Knowing it opens nothing.
    pub id: String,
    /// What opens the order's page: 160 random bits.
    pub token: String,
    pub market: Market,
    pub state: OrderState,
    pub total: Money,
    pub contact: Contact,
    pub placed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_awaits_payment_can_be_given_up() {
        for state in OrderState::ALL {
            let may = state == OrderState::AwaitingPayment;
            assert_eq!(state.cancel().is_ok(), may, "{state:?}");
            assert_eq!(state.expire().is_ok(), may, "{state:?}");
        }
    }

    #[test]
    fn an_order_is_fulfilled_only_from_paid_and_paid_only_once() {
        for state in OrderState::ALL {
            assert_eq!(state.fulfil().is_ok(), state == OrderState::Paid, "{state:?}");
            let payable = matches!(state, OrderState::AwaitingPayment | OrderState::Expired);
            assert_eq!(state.pay().is_ok(), payable, "{state:?}");
        }
    }

    #[test]
    fn nothing_is_refunded_that_was_not_paid() {
        for state in [OrderState::AwaitingPayment, OrderState::Cancelled, OrderState::Expired] {
            assert!(state.refund(true).is_err(), "{state:?}");
            assert!(state.refund(false).is_err(), "{state:?}");
        }
        assert_eq!(OrderState::Fulfilled.refund(false), Ok(OrderState::PartlyRefunded));
        assert_eq!(OrderState::PartlyRefunded.refund(true), Ok(OrderState::Refunded));
        assert_eq!(OrderState::NeedsReview.refund(false), Ok(OrderState::NeedsReview));
    }

    #[test]
    fn every_state_reads_back_from_its_code() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::from_code(state.code()), Some(state));
        }
        assert_eq!(OrderState::from_code("paid "), None);
    }
}
