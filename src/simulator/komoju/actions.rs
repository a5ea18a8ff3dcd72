//! What happens at KOMOJU without the shop and without the hosted page: a slip is paid at the till, a bank takes money
//! back. The page's buttons and `/control/payments/{id}/{action}` do these.

use super::model::{Details, Payment, PaymentStatus};
use super::{pay, refunds};
use crate::simulator::provider::Idle;
use crate::simulator::state::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The slip is paid, or the held card captured.
    Capture,
    /// Its time is over, whatever the clock says.
    Expire,
    Cancel,
    /// A try is declined.
    Fail,
    /// All or a part is given back.
    Refund,
    /// The customer's bank takes all of it back.
    Chargeback,
    /// A refund by bank transfer that was asked for is carried out.
    CompleteRefundRequest,
    /// It is not.
    RejectRefundRequest,
}

impl Action {
    pub const ALL: [Action; 8] = [
        Action::Capture,
        Action::Expire,
        Action::Cancel,
        Action::Fail,
        Action::Refund,
        Action::Chargeback,
        Action::CompleteRefundRequest,
        Action::RejectRefundRequest,
    ];

    /// Its name in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Action::Capture => "capture",
            Action::Expire => "expire",
            Action::Cancel => "cancel",
            Action::Fail => "fail",
            Action::Refund => "refund",
            Action::Chargeback => "chargeback",
            Action::CompleteRefundRequest => "complete_refund_request",
            Action::RejectRefundRequest => "reject_refund_request",
        }
    }

    pub fn from_code(code: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.code() == code)
    }

    /// What its button says for this payment; `None` when it has none.
    pub fn button(self, payment: &Payment) -> Option<&'static str> {
        let slip = matches!(payment.details, Details::Konbini { .. } | Details::BankTransfer { .. });
        let waits = matches!(payment.status, PaymentStatus::Authorized | PaymentStatus::Pending);
        let paid = payment.status == PaymentStatus::Captured;
        let asked = payment.refund_requests.iter().any(|request| request.status == "pending");
        match self {
            Action::Capture if slip => (payment.status == PaymentStatus::Authorized).then_some("Mark as paid"),
            Action::Capture => (payment.status == PaymentStatus::Authorized).then_some("Capture"),
            Action::Expire => waits.then_some("Let it expire"),
            Action::Cancel => waits.then_some("Cancel"),
            Action::Fail => None,
            Action::Refund => paid.then_some("Refund"),
            Action::Chargeback => paid.then_some("Charge back"),
            Action::CompleteRefundRequest => (paid && asked).then_some("Carry out refund request"),
            Action::RejectRefundRequest => (paid && asked).then_some("Reject refund request"),
        }
    }
}

/// # Errors
/// When there is no such payment or action, or the payment's state does not allow it.
pub fn act(world: &mut World<'_>, payment: &str, action: &str, amount: Option<i64>) -> Result<(), Idle> {
    let action = Action::from_code(action).ok_or(Idle::NoSuchAction)?;
    if world.state.komoju.payment(payment).is_none() {
        return Err(Idle::NoSuchSession);
    }
    if perform(world, payment, action, amount) { Ok(()) } else { Err(Idle::NotNow) }
}

fn perform(world: &mut World<'_>, payment: &str, action: Action, amount: Option<i64>) -> bool {
    match action {
        // A payment that is only begun is not captured from outside: its session would stay open beside it.
        Action::Capture => is_authorized(world, payment) && pay::capture(world, payment, None),
        Action::Expire => pay::end(world, payment, PaymentStatus::Expired),
        Action::Cancel => pay::end(world, payment, PaymentStatus::Cancelled),
        Action::Fail => pay::fail(world, payment),
        Action::Refund => refunds::by_hand(world, payment, amount),
        Action::Chargeback => refunds::charge_back(world, payment),
        Action::CompleteRefundRequest => refunds::complete_request(world, payment),
        Action::RejectRefundRequest => refunds::reject_request(world, payment),
    }
}

fn is_authorized(world: &World<'_>, payment: &str) -> bool {
    world.state.komoju.payment(payment).is_some_and(|payment| payment.status == PaymentStatus::Authorized)
}
