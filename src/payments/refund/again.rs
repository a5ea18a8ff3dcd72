//! Calling the provider for a refund that is written down, and finding out about one whose answer was lost: the process
//! died, the connection broke, or what came back said neither yes nor no.

use super::LEASE_MS;
use crate::domain::{AskedRefund, Attempt, RefundState, Timestamp};
use crate::payments::{MadeBy, Provider, ProviderError, Standing};
use crate::server::orders::{attempts, journal, refunds};
use crate::server::state::AppState;
use sqlx::Error;

/// How many refunds one round of the sweep takes up.
const AT_ONCE: i64 = 20;
/// How long the sweep rests a refund whose end it could not find out, in milliseconds: twice as long each time.
const SHORTEST_REST_MS: i64 = 60_000;
const LONGEST_REST_MS: i64 = 3_600_000;

/// How a refund ended.
pub enum Ending {
    Made,
    Refused(ProviderError),
    /// Nobody knows, and why.
    Unknown(String),
}

/// One round: takes up every refund whose answer was lost.
///
/// # Errors
/// When the database fails.
pub async fn sweep(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let due = refunds::due(&mut *state.pool.acquire().await?, now, AT_ONCE).await?;
    for refund in due {
        let now = state.clock.now();
        let mut db = state.pool.acquire().await?;
        if refunds::lease(&mut db, &refund.id, now, now + LEASE_MS).await? {
            drop(db);
            take_up(state, &refund).await?;
        }
    }
    Ok(())
}

/// Finds out whether a refund was made and, only if it certainly was not, asks for it again under the same key. For those
/// who have its lease.
pub async fn take_up(state: &AppState, refund: &AskedRefund) -> Result<Ending, Error> {
    let attempt = attempts::by_id(&mut *state.pool.acquire().await?, &refund.attempt).await?;
    let attempt = attempt.ok_or(Error::RowNotFound)?;
    let Some(provider) = state.providers.get(attempt.provider) else {
        return unknown(state, refund, "its provider is switched off".to_owned()).await;
    };
    let seen = match provider.look_up(attempt.session.as_deref().unwrap_or_default()).await {
        Ok(seen) => seen,
        Err(error) => return unknown(state, refund, format!("the look-up failed: {error}")).await,
    };
    match found(refund, &seen) {
        Found::Made => made(state, refund, "A look-up shows it.").await,
        Found::NotMade => ask(state, provider, &attempt, refund).await,
        Found::Unclear => {
            let why = format!("the answer was lost, and {}’s look-up does not tell", attempt.provider.title());
            unknown(state, refund, why).await
        }
    }
}

/// Calls the provider, having the refund's lease.
pub async fn ask(
    state: &AppState,
    provider: &dyn Provider,
    attempt: &Attempt,
    refund: &AskedRefund,
) -> Result<Ending, Error> {
    // It was stored with the refund.
    let payment = attempt.payment.as_deref().ok_or(Error::RowNotFound)?;
    let title = attempt.provider.title();
    match provider.refund(payment, refund.amount, &refund.id).await {
        Ok(()) => made(state, refund, &format!("{title} has said yes.")).await,
        // 409 may say that the first request with this key is still under way.
        Err(error @ ProviderError::Refused { status: 409, .. }) => unknown(state, refund, error.to_string()).await,
        Err(error @ (ProviderError::Refused { .. } | ProviderError::NotOffered)) => {
            let why = format!("{title} did not give {} back: {error}.", refund.amount);
            let refused = close(state, refund, RefundState::Refused, "refund.refused", &why).await?;
            Ok(if refused { Ending::Refused(error) } else { Ending::Made })
        }
        // A failure too: it may have failed after the work.
        Err(
            error @ (ProviderError::Failing { .. }
            | ProviderError::Unreachable { .. }
            | ProviderError::Unintelligible { .. }),
        ) => unknown(state, refund, error.to_string()).await,
    }
}

/// The merchant has looked into the provider's dashboard.
pub async fn merchant_says(state: &AppState, refund: &AskedRefund, was_made: bool) -> Result<(), Error> {
    if was_made {
        return made(state, refund, "The merchant has seen it at the provider.").await.map(drop);
    }
    let why = format!("The merchant has seen that {} was not given back.", refund.amount);
    close(state, refund, RefundState::Refused, "refund.refused", &why).await.map(drop)
}

enum Found {
    Made,
    NotMade,
    Unclear,
}

fn found(refund: &AskedRefund, seen: &Standing) -> Found {
    let ours = |made_by: &MadeBy| matches!(made_by, MadeBy::Key(key) if *key == refund.id);
    if seen.refunds.iter().flatten().any(|refunded| ours(&refunded.made_by)) {
        return Found::Made;
    }
    let with_ours = |before: i64| before.saturating_add(refund.amount.minor);
    match (refund.before_minor, seen.given_back_minor()) {
        // Less than there would be with ours, whatever else was given back.
        (Some(before), Some(now)) if now < with_ours(before) => Found::NotMade,
        // Where each has a name, these are all somebody else's.
        (Some(_), Some(_)) if seen.refunds.is_some() => Found::Unclear,
        (Some(_), Some(_)) => Found::Made,
        (None, Some(_)) if seen.refunded => Found::Made,
        (None, Some(_)) | (_, None) => Found::Unclear,
    }
}

async fn made(state: &AppState, refund: &AskedRefund, how: &str) -> Result<Ending, Error> {
    let detail = format!("{} is given back. {how} The order says so when the webhook arrives.", refund.amount);
    close(state, refund, RefundState::Made, "refund.made", &detail).await?;
    Ok(Ending::Made)
}

/// In one transaction with its line in the journal; `false`, and nothing done, when a notice has settled it meanwhile.
async fn close(
    state: &AppState,
    refund: &AskedRefund,
    to: RefundState,
    what: &str,
    detail: &str,
) -> Result<bool, Error> {
    let mut db = state.pool.begin().await?;
    // The journal first, which takes the order's row: in the order in which a notice takes the two.
    journal::write(&mut db, &refund.order, state.clock.now(), what, detail).await?;
    if !refunds::move_state(&mut db, &refund.id, RefundState::Asked, to, detail).await? {
        return Ok(false);
    }
    db.commit().await?;
    Ok(true)
}

/// Rests it; said in the journal the first time.
async fn unknown(state: &AppState, refund: &AskedRefund, why: String) -> Result<Ending, Error> {
    tracing::warn!(
        order.id = refund.order,
        refund.id = refund.id,
        why,
        "nobody knows whether a refund was made: it is found out about before anything is asked again"
    );
    let now = state.clock.now();
    let mut db = state.pool.begin().await?;
    if refund.tries == 0 {
        let detail = format!("Whether {} was given back is not known yet: {why}.", refund.amount);
        journal::write(&mut db, &refund.order, now, "refund.unknown", &detail).await?;
    }
    refunds::postpone(&mut db, &refund.id, &why, now + rest(refund.tries)).await?;
    db.commit().await?;
    Ok(Ending::Unknown(why))
}

fn rest(tries: i64) -> Timestamp {
    let doublings = u32::try_from(tries).unwrap_or(u32::MAX).min(10);
    (SHORTEST_REST_MS << doublings).min(LONGEST_REST_MS)
}
