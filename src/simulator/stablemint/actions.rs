//! What happens at StableMint without the shop and without the hosted page.

use crate::simulator::provider::Idle;
use crate::simulator::state::World;

/// # Errors
/// When there is no such session or action, or the session's state does not allow it.
pub fn act(_world: &mut World<'_>, _id: &str, _action: &str, _amount: Option<i64>) -> Result<(), Idle> {
    Err(Idle::NoSuchSession)
}
