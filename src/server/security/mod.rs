//! What keeps strangers at a distance: the headers of every answer, where a form may come from, who is asking, and how
//! often they may. `docs/security.md` has the rules with their reasons and their tests.

pub mod caller;
pub mod headers;
pub mod limits;
pub mod origin;
