//! What happens at BPC without the shop and without the payment page. The page's buttons and
//! `/control/bpc/{session}/{action}` do these.

use super::cards::Verdict;
use super::model::{Payment, PaymentStatus, Session};
use super::pay::{self, Outcome};
use super::payments;
use crate::domain::Timestamp;
use crate::simulator::provider::Idle;
use crate::simulator::state::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A held payment is captured.
    Capture,
    /// The session's time is over, whatever the clock says.
    Expire,
    /// A try is declined.
    Fail,
    /// All or a part is given back.
    Refund,
}

impl Action {
    pub const ALL: [Action; 4] = [Action::Capture, Action::Expire, Action::Fail, Action::Refund];

    /// Its name in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Action::Capture => "capture",
            Action::Expire => "expire",
            Action::Fail => "fail",
            Action::Refund => "refund",
        }
    }

    /// What its button says for this session; `None` when it has none.
    pub fn button(self, session: &Session, payment: Option<&Payment>, now: Timestamp) -> Option<&'static str> {
        let is = |status| payment.is_some_and(|payment| payment.status == status);
        match self {
            Action::Capture => is(PaymentStatus::RequiresCapture).then_some("Capture"),
            Action::Expire => session.takes_cards(now).then_some("Let it expire"),
            Action::Fail => session.takes_cards(now).then_some("Decline a try"),
            Action::Refund => {
                let left = payment.is_some_and(|payment| payment.left() > 0);
                (left && is(PaymentStatus::Succeeded)).then_some("Refund")
            }
        }
    }
}

/// # Errors
/// When there is no such session or action, or the session's state does not allow it.
pub fn act(world: &mut World<'_>, id: &str, action: &str, amount: Option<i64>) -> Result<(), Idle> {
    let action = Action::ALL.into_iter().find(|known| known.code() == action).ok_or(Idle::NoSuchAction)?;
    let session = world.state.bpc.session(id).ok_or(Idle::NoSuchSession)?;
    let payment = session.payment.clone();
    let done = match (action, payment) {
        (Action::Capture, Some(payment)) => pay::capture(world, &payment, amount),
        (Action::Refund, Some(payment)) => payments::give_back(world, &payment, amount).is_some(),
        (Action::Capture | Action::Refund, None) => false,
        (Action::Expire, _) => pay::expire(world, id),
        (Action::Fail, _) => {
            pay::card(world, id, Verdict::Declined("The bank declined the card."), "") != Outcome::Closed
        }
    };
    if done { Ok(()) } else { Err(Idle::NotNow) }
}
