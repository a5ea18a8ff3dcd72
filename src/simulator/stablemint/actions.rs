//! What happens at StableMint without the shop and without the payment page: the bank's word comes later. The page's
//! buttons and `/control/stablemint/{reference}/{action}` do these.

use super::model::{Session, Status};
use super::pay;
use crate::domain::Timestamp;
use crate::simulator::provider::Idle;
use crate::simulator::state::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The money is there, however late.
    Confirm,
    /// The transfer fails.
    Fail,
    /// The session's time is over, whatever the clock says.
    Expire,
}

impl Action {
    pub const ALL: [Action; 3] = [Action::Confirm, Action::Fail, Action::Expire];

    /// Its name in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Action::Confirm => "confirm",
            Action::Fail => "fail",
            Action::Expire => "expire",
        }
    }

    /// What its button says for this session; `None` when it has none.
    pub fn button(self, session: &Session, now: Timestamp) -> Option<&'static str> {
        let (open, submitted) = (session.is_open(now), session.status == Status::Submitted);
        match self {
            Action::Confirm => (session.status != Status::Paid).then_some("Money arrives"),
            Action::Fail => (open || submitted).then_some("Let it fail"),
            Action::Expire => open.then_some("Let it expire"),
        }
    }
}

/// # Errors
/// When there is no such session or action, or the session's state does not allow it.
pub fn act(world: &mut World<'_>, id: &str, action: &str, _amount: Option<i64>) -> Result<(), Idle> {
    let action = Action::ALL.into_iter().find(|known| known.code() == action).ok_or(Idle::NoSuchAction)?;
    let reference = world.state.stablemint.session(id).ok_or(Idle::NoSuchSession)?.reference.clone();
    let done = match action {
        Action::Confirm => pay::confirm(world, &reference),
        Action::Fail => pay::fail(world, &reference),
        Action::Expire => pay::expire(world, &reference),
    };
    if done { Ok(()) } else { Err(Idle::NotNow) }
}
