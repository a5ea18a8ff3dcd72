//! What becomes of an older attempt when the shopper presses the button again: it is used, or it is over before a new one
//! opens. Two pages that can both be paid on are how people pay twice.

use super::{Choice, FRESH_MS, cancel, failed, opening, provider_of};
use crate::domain::{Attempt, AttemptState, Basket, Order, Problem};
use crate::payments::look_up::{self, Seen};
use crate::payments::{ProviderError, fulfilment};
use crate::server::orders::{attempts, baskets, leases};
use crate::server::state::AppState;

/// An order of an earlier version of the basket that was never paid: its page must not stay payable beside the new one,
/// and its holds are for the same things.
pub async fn give_up_older(state: &AppState, basket: &Basket) -> Result<(), Problem> {
    let mut db = state.pool.acquire().await.map_err(failed)?;
    let older = baskets::unpaid_others(&mut db, &basket.id, basket.version).await.map_err(failed)?;
    drop(db);
    for token in older {
        match cancel(state, &token).await {
            // Paid or promised meanwhile: then it is an order of its own.
            Ok(()) | Err(Problem::OrderClosed) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// What became of an attempt that was under way when the shopper pressed the button again.
pub enum Older {
    /// The same way to pay, and its page can be used: a double click, a second tab, or Back.
    Usable(Box<Attempt>),
    /// Paid or promised: nothing is to be paid twice.
    Promised,
    /// Over.
    Gone,
}

pub async fn keep_or_retire(
    state: &AppState,
    order: &Order,
    attempt: Attempt,
    choice: &Choice,
) -> Result<Older, Problem> {
    let same = attempt.provider == choice.provider && attempt.method == choice.method;
    if attempt.awaits_its_webhook() {
        return Ok(Older::Promised);
    }
    let fresh = attempt.state == AttemptState::Open && state.clock.now() - attempt.opened_at < FRESH_MS;
    if same && (attempt.state == AttemptState::Opening || fresh) {
        return Ok(Older::Usable(Box::new(attempt)));
    }
    use AttemptState::{Authorised, Cancelled, Declined, Expired, Open, Opening, Paid};
    match look_up::refresh(state, &attempt).await {
        Seen::As(Paid) => Ok(Older::Promised),
        Seen::As(Authorised) if same => Ok(Older::Promised),
        Seen::As(Cancelled | Expired) => Ok(Older::Gone),
        // A page that failed and cannot be asked whether it takes another try is not handed out again.
        Seen::NobodyToAsk if same && attempt.state != Declined => Ok(Older::Usable(Box::new(attempt))),
        Seen::As(Opening | Open | Declined) | Seen::NoNews if same => Ok(Older::Usable(Box::new(attempt))),
        Seen::As(Opening | Open | Declined | Authorised) | Seen::NoNews | Seen::NobodyToAsk => {
            tracing::info!(order.id = order.id, attempt.id = attempt.id, "an older page gives way to a new one");
            retire(state, order, &attempt).await?;
            Ok(Older::Gone)
        }
    }
}

/// Ends an unpaid attempt at the provider and here. Only after the provider agreed can a new one open: else both could
/// be paid.
pub async fn retire(state: &AppState, order: &Order, attempt: &Attempt) -> Result<(), Problem> {
    let provider = provider_of(state, attempt)?;
    let Some(attempt) = with_session(state, order, attempt).await? else { return Ok(()) };
    let (attempt, session) = (&attempt, attempt.session.as_deref().unwrap_or_default());
    if let Err(error) = provider.cancel(session).await {
        if matches!(error, ProviderError::NotOffered) {
            let why = format!(
                "The shopper goes another way. {} cannot be told: should this page be paid on all the same, a person must \
                 refund it.",
                attempt.provider.title()
            );
            return fulfilment::end_attempt(state, attempt, AttemptState::Cancelled, &why).await.map_err(failed);
        }
        tracing::warn!(%error, attempt.id = attempt.id, "an older attempt could not be cancelled");
        return match look_up::refresh(state, attempt).await {
            Seen::As(AttemptState::Cancelled | AttemptState::Expired) => Ok(()),
            Seen::As(AttemptState::Paid | AttemptState::Authorised) => Err(Problem::OrderClosed),
            Seen::As(AttemptState::Opening | AttemptState::Open | AttemptState::Declined)
            | Seen::NoNews
            | Seen::NobodyToAsk => Err(Problem::ProviderBusy),
        };
    }
    fulfilment::end_attempt(state, attempt, AttemptState::Cancelled, "The shop ended it at the provider.")
        .await
        .map_err(failed)
}

/// The attempt with its session, which may have to be asked for; `None` when it turns out to be over.
async fn with_session(state: &AppState, order: &Order, attempt: &Attempt) -> Result<Option<Attempt>, Problem> {
    if attempt.session.is_some() {
        return Ok(Some(attempt.clone()));
    }
    let Some(until) = opening::lease(state, attempt).await? else { return Err(Problem::ProviderBusy) };
    let found = opening::keeping(state, attempt, until, opening::find_session(state, order, attempt)).await;
    let mut db = state.pool.acquire().await.map_err(failed)?;
    leases::give_back(&mut db, &attempt.id).await.map_err(failed)?;
    if found?.is_none() {
        return Ok(None);
    }
    let attempt = attempts::by_id(&mut db, &attempt.id).await.map_err(failed)?;
    Ok(attempt.filter(|attempt| attempt.state.is_live()))
}
