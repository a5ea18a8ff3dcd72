//! What nobody tells the shop about: attempts whose time is over, and orders that nobody goes on with.
//!
//! The sweep never fulfils. Where the provider says "paid" and no webhook came, it says so loudly and keeps the stock.

use super::checkout::opening;
use super::{ProviderError, Stage, fulfilment};
use crate::domain::{Attempt, AttemptState, OrderState};
use crate::server::orders::{self, attempts, journal};
use crate::server::state::AppState;
use sqlx::Error;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const ROUND: Duration = Duration::from_secs(2);
/// How many attempts one round takes up.
const AT_ONCE: i64 = 50;
/// How long an attempt rests after a sweep that could not end it, in milliseconds.
const REST_MS: i64 = 60_000;
/// How long until a missing webhook is complained about again, in milliseconds.
const ALARM_MS: i64 = 24 * 3_600_000;
/// How long an order without a live attempt may wait for the shopper to try again, in milliseconds.
const PATIENCE_MS: i64 = 24 * 3_600_000;

/// Sweeps until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = sweep(&state).await {
            tracing::error!(%error, "a sweep failed");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// One round.
///
/// # Errors
/// When the database fails.
pub async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let mut db = state.pool.acquire().await?;
    let due = attempts::to_sweep(&mut db, now, AT_ONCE).await?;
    drop(db);
    for attempt in due {
        let mut db = state.pool.acquire().await?;
        if attempts::lease_sweep(&mut db, &attempt.id, now, now + REST_MS).await? {
            drop(db);
            end(state, &attempt).await?;
        }
    }
    expire_orders(state).await
}

/// Cancels the session, asks how it stands, and closes the attempt as what it is.
async fn end(state: &AppState, attempt: &Attempt) -> Result<(), Error> {
    let Some(provider) = state.providers.get(attempt.provider) else { return Ok(()) };
    let Some(session) = known_session(state, attempt).await? else { return Ok(()) };
    // Refused when it is finished, which the look-up then tells.
    if let Err(error) = provider.cancel(&session).await {
        tracing::info!(%error, attempt.id = attempt.id, "an attempt whose time is over could not be cancelled");
    }
    let stage = match provider.look_up(&session).await {
        Ok(standing) => standing.stage,
        Err(error) => {
            tracing::warn!(%error, attempt.id = attempt.id, "an attempt whose time is over could not be looked up");
            return Ok(());
        }
    };
    match stage {
        Stage::Paid => alarm(state, attempt).await,
        Stage::Pending | Stage::Declined | Stage::Cancelled | Stage::Expired => {
            fulfilment::end_attempt(state, attempt, AttemptState::Expired, "Its time is over.").await
        }
        // Promised beyond the time that we gave it: the deadline is the provider's, and its notice will come.
        Stage::Authorised => Ok(()),
    }
}

/// The session of an attempt whose opening broke off: asking again with the same key tells it. `None` for now when the
/// provider does not answer; an attempt that it refuses is over.
async fn known_session(state: &AppState, attempt: &Attempt) -> Result<Option<String>, Error> {
    if let Some(session) = &attempt.session {
        return Ok(Some(session.clone()));
    }
    let Some(provider) = state.providers.get(attempt.provider) else { return Ok(None) };
    let mut db = state.pool.acquire().await?;
    let order = orders::by_id(&mut db, &attempt.order).await?.ok_or(Error::RowNotFound)?;
    drop(db);
    match opening::call(state, provider, &order, attempt).await? {
        Ok(page) => {
            let mut db = state.pool.acquire().await?;
            attempts::store_page(&mut db, &attempt.id, &page.session, &page.page_url).await?;
            // Stored as open; the next round ends it.
            Ok(None)
        }
        Err(ProviderError::Refused { status, code }) => {
            let why = format!("Its time is over, and it never opened: {status} {code}.");
            fulfilment::end_attempt(state, attempt, AttemptState::Expired, &why).await?;
            Ok(None)
        }
        Err(error) => {
            tracing::warn!(%error, attempt.id = attempt.id, "an attempt that may have a session cannot be asked about");
            Ok(None)
        }
    }
}

/// The provider says paid, and no webhook has said so.
async fn alarm(state: &AppState, attempt: &Attempt) -> Result<(), Error> {
    tracing::error!(
        order.id = attempt.order,
        attempt.id = attempt.id,
        "the provider says paid, and no webhook came: resend it from the provider's dashboard"
    );
    let now = state.clock.now();
    let mut db = state.pool.begin().await?;
    attempts::extend_lease(&mut db, &attempt.id, now + ALARM_MS).await?;
    let detail = format!(
        "{} says paid, and its webhook has not come. Resend it from the dashboard; a look-up alone fulfils nothing.",
        attempt.provider.title()
    );
    journal::write(&mut db, &attempt.order, now, "attempt.webhook_missing", &detail).await?;
    db.commit().await
}

async fn expire_orders(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let mut db = state.pool.acquire().await?;
    let abandoned = orders::abandoned(&mut db, now - PATIENCE_MS, AT_ONCE).await?;
    drop(db);
    for order in abandoned {
        let Ok(expired) = OrderState::AwaitingPayment.expire() else { continue };
        let mut db = state.pool.begin().await?;
        if orders::move_state(&mut db, &order, OrderState::AwaitingPayment, expired, now).await? {
            orders::renew_basket(&mut db, &order, now).await?;
            journal::write(&mut db, &order, now, "order.expired", "Nobody tried again to pay it.").await?;
            db.commit().await?;
        }
    }
    Ok(())
}
