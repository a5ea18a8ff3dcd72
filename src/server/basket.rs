//! (to come)
use super::state::AppState;
use crate::domain::Basket;
pub async fn by_id(_state: &AppState, _id: &str) -> Result<Option<Basket>, sqlx::Error> {
    Ok(None)
}
