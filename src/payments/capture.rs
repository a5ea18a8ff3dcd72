//! Taking the money of a card that was only held. The order is paid when the webhook says so, as always.

use super::ProviderError;
use crate::domain::{Attempt, AttemptState, OrderState};
use crate::server::orders::{self, attempts, journal};
use crate::server::state::AppState;

#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error("there is no order {0}")]
    NoSuchOrder(String),
    #[error("order {0} has no card that is held: `noren doctor` lists what can be captured")]
    NothingHeld(String),
    #[error("the provider of this order is switched off")]
    SwitchedOff,
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

/// Asks the provider to charge the card that an order's attempt holds.
///
/// # Errors
/// When there is nothing to capture, or the provider refused.
pub async fn capture(state: &AppState, order: &str) -> Result<Attempt, CaptureError> {
    let mut db = state.pool.acquire().await?;
    let found = orders::by_id(&mut db, order).await?.ok_or_else(|| CaptureError::NoSuchOrder(order.to_owned()))?;
    let attempts = attempts::of_order(&mut db, &found.id).await?;
    drop(db);
    let nothing = || CaptureError::NothingHeld(order.to_owned());
    if found.state != OrderState::AwaitingPayment {
        return Err(nothing());
    }
    // A slip is the shopper's to pay; only a held card has no instructions.
    let held = |attempt: &Attempt| attempt.state == AttemptState::Authorised && attempt.instructions.is_none();
    let attempt = attempts.into_iter().find(held).ok_or_else(nothing)?;
    let payment = attempt.payment.as_deref().ok_or_else(nothing)?;
    let provider = state.providers.get(attempt.provider).ok_or(CaptureError::SwitchedOff)?;
    provider.capture(payment, attempt.amount).await?;
    let detail = format!("The merchant asked {} to charge {}.", attempt.provider.title(), attempt.amount);
    let mut db = state.pool.begin().await?;
    journal::write(&mut db, &found.id, state.clock.now(), "attempt.capture_asked", &detail).await?;
    db.commit().await?;
    Ok(attempt)
}
