//! What happens at Dojo without the shop and without the hosted page. The page's buttons and
//! `/control/dojo/{id}/{action}` do these.

use super::model::{CaptureMode, Intent, Status};
use super::{captures, pay, refunds};
use crate::simulator::provider::Idle;
use crate::simulator::state::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// All or a part is given back.
    Refund,
    /// The payment is undone.
    Reverse,
    /// Held money is taken, all or a part.
    Capture,
    /// Its time is over, whatever the clock says.
    Expire,
    Cancel,
}

impl Action {
    pub const ALL: [Action; 5] = [Action::Capture, Action::Refund, Action::Reverse, Action::Expire, Action::Cancel];

    /// Its name in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Action::Refund => "refund",
            Action::Reverse => "reverse",
            Action::Capture => "capture",
            Action::Expire => "expire",
            Action::Cancel => "cancel",
        }
    }

    /// What its button says for this intent; `None` when it has none.
    pub fn button(self, intent: &Intent) -> Option<&'static str> {
        let (held, taken) = (intent.status == Status::Authorized, intent.status == Status::Captured);
        match self {
            Action::Refund => taken.then_some("Refund"),
            Action::Reverse => (held || taken && intent.mode == CaptureMode::Auto).then_some("Reverse"),
            Action::Capture => held.then_some("Capture"),
            Action::Expire => (held || intent.status == Status::Created).then_some("Let it expire"),
            Action::Cancel => (intent.status == Status::Created).then_some("Cancel"),
        }
    }
}

/// # Errors
/// When there is no such intent or action, or the intent's status does not allow it.
pub fn act(world: &mut World<'_>, id: &str, action: &str, amount: Option<i64>) -> Result<(), Idle> {
    let action = Action::ALL.into_iter().find(|known| known.code() == action).ok_or(Idle::NoSuchAction)?;
    world.state.dojo.intent(id).ok_or(Idle::NoSuchSession)?;
    let done = match action {
        Action::Refund => refunds::by_hand(world, id, amount),
        Action::Reverse => captures::undo(world, id),
        Action::Capture => captures::take(world, id, amount, 0).is_some(),
        Action::Expire => pay::run_out(world, id),
        Action::Cancel => pay::cancel(world, id),
    };
    if done { Ok(()) } else { Err(Idle::NotNow) }
}
