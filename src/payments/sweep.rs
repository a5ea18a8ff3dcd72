//! What nobody tells the shop about: attempts whose time is over, and orders that nobody goes on with.
//!
//! The sweep never fulfils. Where the provider says "paid" and no webhook came, it says so loudly and keeps the stock. It
//! also takes up refunds whose answer was lost.

use super::checkout::opening;
use super::{Provider, ProviderError, Stage, Standing, fulfilment, refund, watch};
use crate::domain::{Attempt, AttemptState, OrderState};
use crate::server::orders::{self, attempts, baskets, journal, leases};
use crate::server::state::AppState;
use sqlx::Error;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const ROUND: Duration = Duration::from_secs(2);
/// How many attempts one round takes up.
const AT_ONCE: i64 = 50;
/// How long an attempt rests after a sweep that could not end it, in milliseconds.
const REST_MS: i64 = 60_000;
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
        let now = state.clock.now();
        let mut db = state.pool.acquire().await?;
        if let Some(attempt) = leases::take_sweep(&mut db, &attempt, now, now + REST_MS).await? {
            drop(db);
            end(state, &attempt).await?;
        }
    }
    watch::round(state).await?;
    refund::sweep(state).await?;
    expire_orders(state).await
}

/// Asks how the session stands, cancels it if it can still be paid on, and closes the attempt as what it is.
async fn end(state: &AppState, attempt: &Attempt) -> Result<(), Error> {
    let Some(provider) = state.providers.get(attempt.provider) else {
        tracing::error!(attempt.id = attempt.id, "an attempt's provider is switched off: it is ended unasked");
        return close(state, attempt, "Its provider is switched off.").await;
    };
    let Some(attempt) = &with_session(state, attempt).await? else { return Ok(()) };
    let session = attempt.session.as_deref().unwrap_or_default();
    let standing = match provider.look_up(session).await {
        Ok(standing) => standing,
        Err(ProviderError::Refused { status: 404, .. }) => {
            tracing::error!(
                attempt.id = attempt.id,
                "the provider does not know a session of ours: was the key changed?"
            );
            return close(state, attempt, "The provider does not know its session.").await;
        }
        Err(ProviderError::NotOffered) => return unknown(state, attempt).await,
        Err(error) => {
            tracing::warn!(%error, attempt.id = attempt.id, "an attempt whose time is over could not be looked up");
            return Ok(());
        }
    };
    match standing.stage {
        Stage::Paid if standing.refunded => close(state, attempt, "It was paid, and all of it was given back.").await,
        Stage::Paid => watch::keep(state, attempt, AttemptState::Paid, attempt.expires_at).await,
        Stage::Cancelled | Stage::Expired => close(state, attempt, "Its time is over.").await,
        Stage::Authorised => promised(state, provider, attempt, &standing).await,
        Stage::Pending | Stage::Declined => cancel(state, provider, attempt).await,
    }
}

/// A promise that the shop has kept stock for long enough is cancelled. One that it was never told of is kept: the
/// shopper has the slip in hand.
async fn promised(
    state: &AppState,
    provider: &dyn Provider,
    attempt: &Attempt,
    standing: &Standing,
) -> Result<(), Error> {
    let now = state.clock.now();
    let until = fulfilment::promised_until(standing.instructions.as_ref(), now);
    let order = orders::by_id(&mut *state.pool.acquire().await?, &attempt.order).await?;
    let waits = order.is_some_and(|order| order.state == OrderState::AwaitingPayment);
    if waits && attempt.state != AttemptState::Authorised && now < until {
        return watch::keep(state, attempt, AttemptState::Authorised, until).await;
    }
    cancel(state, provider, attempt).await
}

/// Ends the attempt only if the provider agreed: a page that can still be paid on keeps its stock.
async fn cancel(state: &AppState, provider: &dyn Provider, attempt: &Attempt) -> Result<(), Error> {
    match provider.cancel(attempt.session.as_deref().unwrap_or_default()).await {
        Ok(()) => close(state, attempt, "Its time is over.").await,
        Err(error) => {
            tracing::warn!(%error, attempt.id = attempt.id, "an attempt whose time is over could not be cancelled yet");
            Ok(())
        }
    }
}

async fn close(state: &AppState, attempt: &Attempt, why: &str) -> Result<(), Error> {
    fulfilment::end_attempt(state, attempt, AttemptState::Expired, why).await
}

/// The attempt with its session, which may have to be asked for; `None` for now, or because it turns out to be over.
async fn with_session(state: &AppState, attempt: &Attempt) -> Result<Option<Attempt>, Error> {
    if attempt.session.is_some() {
        return Ok(Some(attempt.clone()));
    }
    let mut db = state.pool.acquire().await?;
    let Some(order) = orders::by_id(&mut db, &attempt.order).await? else { return Ok(None) };
    drop(db);
    let Ok(Some(_)) = opening::find_session(state, &order, attempt).await else { return Ok(None) };
    let mut db = state.pool.acquire().await?;
    attempts::by_id(&mut db, &attempt.id).await
}

/// Only its webhook tells how such an attempt ended, and none came. It may still come; then the money finds its order.
async fn unknown(state: &AppState, attempt: &Attempt) -> Result<(), Error> {
    let (title, reference) = (attempt.provider.title(), attempt.session.as_deref().unwrap_or_default());
    tracing::warn!(
        order.id = attempt.order,
        attempt.id = attempt.id,
        "no webhook came, and the provider cannot be asked: look into its dashboard if the shopper says it was paid"
    );
    let why = format!(
        "No webhook came in time, and {title} cannot be asked. If its dashboard shows {reference} as paid, have it sent again."
    );
    close(state, attempt, &why).await
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
            baskets::renew_basket(&mut db, &order, now).await?;
            journal::write(&mut db, &order, now, "order.expired", "Nobody tried again to pay it.").await?;
            db.commit().await?;
        }
    }
    Ok(())
}
