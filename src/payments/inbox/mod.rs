//! The loop that settles notices: claim → look up → compare → move the order.
//!
//! A notice is claimed with a lease, so that a process that dies with it gives it back; it is finished in the same
//! transaction as what it did, so that it does it once. One that cannot be settled yet is tried again; after its last
//! try it is a dead letter, which is kept.

pub mod keeping;
#[cfg(test)]
mod properties;
mod sellers;
mod verdict;

use super::fulfilment::refunds::{self, GivenBack, RefundStep};
use super::fulfilment::{self, Setback};
use super::{News, Provider, ProviderError, Stage, Standing, Subject, lease, notice};
use crate::domain::{Attempt, AttemptState, ProviderName, Timestamp};
use crate::server::orders::notices::{self, Waiting};
use crate::server::orders::{attempts, journal};
use crate::server::state::AppState;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
pub use verdict::{Verdict, judge};

/// How many notices are settled at once: a slow look-up of one does not keep the others waiting.
const WORKERS: usize = 4;
/// When a notice that could not be settled is tried again, in milliseconds after each try. After the last it is dead.
const TRY_AGAIN_MS: [i64; 11] =
    [500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 4 * 3_600_000, 12 * 3_600_000];
/// How often the inbox is looked into without being called.
const ROUND: Duration = Duration::from_millis(500);
/// The outcome of an event that no order has to know of. Most are settled with this as they are kept, which spares two
/// commits.
pub const NOTHING_TO_DO: &str = "nothing to do for this event";

/// Settles notices until told to stop, then finishes the ones under way.
pub async fn run(state: AppState, stop: CancellationToken) {
    let workers = (0..WORKERS).map(|_| tokio::spawn(work(state.clone(), stop.clone())));
    for worker in workers.collect::<Vec<_>>() {
        if let Err(error) = worker.await {
            tracing::error!(%error, "a worker of the inbox ended badly");
        }
    }
}

async fn work(state: AppState, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match settle_next(&state).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the inbox could not be worked on"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = state.inbox_bell.notified() => {}
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// Settles the notice that has waited longest; `false` when none is due.
///
/// # Errors
/// When the database fails. The notice's lease then runs out and it is tried again.
pub async fn settle_next(state: &AppState) -> Result<bool, sqlx::Error> {
    let now = state.clock.now();
    let mut db = state.pool.acquire().await?;
    let until = lease::until(&*state.clock);
    let Some(waiting) = notices::claim_next(&mut db, now, until).await? else { return Ok(false) };
    drop(db);
    // There may be another one behind it.
    state.inbox_bell.notify_one();
    let renew = async |from, to| notices::renew_claim(&mut *state.pool.acquire().await?, &waiting.id, from, to).await;
    match lease::keeping(&*state.clock, until, settle(state, &waiting), renew).await {
        Ok(()) => {}
        // One payment causes several events at once, and two workers met at its order: the second looks again.
        Err(Setback::Overtaken) => {
            let mut db = state.pool.acquire().await?;
            notices::postpone(&mut db, &waiting.id, "another notice was faster", None, state.clock.now()).await?;
        }
        // The database may be away for a moment, or there is something in this notice that it will never take.
        Err(Setback::Database(error)) => {
            tracing::error!(%error, notice.id = waiting.id, "a notice could not be settled");
            if later(state, &waiting, None, "the database refused what it would do").await.is_err() {
                return Err(error);
            }
        }
    }
    Ok(true)
}

async fn settle(state: &AppState, waiting: &Waiting) -> Result<(), Setback> {
    let Some(provider) = state.providers.get(waiting.provider) else {
        return later(state, waiting, None, "its provider is switched off").await;
    };
    let notice = match notice::read(provider, waiting.body.as_bytes()) {
        Ok(notice) => notice,
        Err(unreadable) => return bury(state, waiting, None, &unreadable.to_string()).await,
    };
    if notice.news == News::Nothing {
        return done(state, waiting, None, NOTHING_TO_DO).await;
    }
    if let News::Seller(news) = &notice.news {
        return sellers::settle(state, waiting, notice.subject.as_ref(), news).await;
    }
    let Some(subject) = &notice.subject else {
        return bury(state, waiting, None, "it names no session, so it is about no order of this shop").await;
    };
    let attempt = attempt_of(state, waiting.provider, subject).await?;
    // A webhook can be faster than the answer to the call that opened its session. Answering such a one with 200 and
    // forgetting it has cost orders (duncanmcclean/statamic-cargo#190).
    let Some(attempt) = attempt else {
        // The provider made it, and its answer was lost: nobody has its page's address, and it was over some day.
        if let News::Standing(Standing { stage: Stage::Cancelled | Stage::Expired, .. }) = &notice.news {
            return done(state, waiting, None, "nobody paid in it, and no attempt knows it").await;
        }
        return later(state, waiting, None, "no attempt that it could be about is known yet").await;
    };
    match &notice.news {
        News::Standing(told) => settle_standing(state, provider, waiting, &attempt, told).await,
        News::Refunds(refunds) => settle_refunds(state, waiting, &attempt, GivenBack::Each(refunds)).await,
        News::Seller(_) | News::Nothing => Ok(()),
    }
}

async fn attempt_of(
    state: &AppState,
    provider: ProviderName,
    subject: &Subject,
) -> Result<Option<Attempt>, sqlx::Error> {
    let mut db = state.pool.acquire().await?;
    match subject {
        Subject::Session(session) => attempts::by_session(&mut db, provider, session).await,
        Subject::Payment(payment) => attempts::by_payment(&mut db, provider, payment).await,
        Subject::Attempt(id) => {
            let attempt = attempts::by_id(&mut db, id).await?;
            Ok(attempt.filter(|attempt| attempt.provider == provider))
        }
    }
}

async fn settle_standing(
    state: &AppState,
    provider: &dyn Provider,
    waiting: &Waiting,
    attempt: &Attempt,
    told: &Standing,
) -> Result<(), Setback> {
    let session = attempt.session.as_deref().unwrap_or_default();
    let seen = match provider.look_up(session).await {
        Ok(seen) => seen,
        // Nobody to ask: the signed webhook is all there is, and is compared with what was asked.
        Err(ProviderError::NotOffered) => told.clone(),
        Err(error) => {
            // Refused too: a key that was mistyped in the settings must not turn payments into dead letters at once.
            let status = if let ProviderError::Refused { status, .. } = &error { *status } else { 0 };
            tracing::warn!(%error, status, attempt.id = attempt.id, "the look-up that settling needs failed");
            return later(state, waiting, Some(&attempt.order), &format!("the look-up failed: {error}")).await;
        }
    };
    if let (AttemptState::Paid, Some(given_back)) = (attempt.state, &seen.given_back)
        && given_back.minor > 0
    {
        return settle_refunds(state, waiting, attempt, GivenBack::InAll(given_back)).await;
    }
    let full = told.filled_from(&seen);
    match judge(attempt, told, &seen) {
        Verdict::Apply => fulfilment::apply(state, waiting, attempt, &full).await,
        Verdict::Nothing(why) => {
            remember_payment(state, attempt, &full).await?;
            done(state, waiting, Some(&attempt.order), why).await
        }
        Verdict::Later(why) => later(state, waiting, Some(&attempt.order), why).await,
        Verdict::Review(why) => fulfilment::review(state, waiting, attempt, Some(&full), &why).await,
    }
}

/// BPC's session may be paid before any event names its payment, and a refund needs that name.
async fn remember_payment(state: &AppState, attempt: &Attempt, told: &Standing) -> Result<(), Setback> {
    if attempt.state == AttemptState::Paid && attempt.payment.is_none() && told.stage == Stage::Paid {
        let mut db = state.pool.acquire().await?;
        attempts::set_payment(&mut db, &attempt.id, told.payment.as_deref()).await?;
    }
    Ok(())
}

async fn settle_refunds(
    state: &AppState,
    waiting: &Waiting,
    attempt: &Attempt,
    given_back: GivenBack<'_>,
) -> Result<(), Setback> {
    match refunds::apply(state, waiting, attempt, given_back).await? {
        RefundStep::Settled => Ok(()),
        RefundStep::NotPaidYet => {
            tracing::info!(order.id = attempt.order, event = waiting.event, "a refund came before its payment");
            later(state, waiting, Some(&attempt.order), "the payment that it refunds is not settled yet").await
        }
    }
}

async fn done(state: &AppState, waiting: &Waiting, order: Option<&str>, why: &str) -> Result<(), Setback> {
    let mut db = state.pool.acquire().await?;
    notices::finish(&mut db, &waiting.id, "settled", why, order, state.clock.now()).await?;
    Ok(())
}

/// Tries again after a while, or buries the notice after its last try.
async fn later(state: &AppState, waiting: &Waiting, order: Option<&str>, why: &str) -> Result<(), Setback> {
    let Some(wait) = wait_after(waiting.tries) else { return bury(state, waiting, order, why).await };
    let mut db = state.pool.acquire().await?;
    notices::postpone(&mut db, &waiting.id, why, order, state.clock.now() + wait).await?;
    Ok(())
}

fn wait_after(tries_before: i64) -> Option<i64> {
    usize::try_from(tries_before).ok().and_then(|tries| TRY_AGAIN_MS.get(tries)).copied()
}

/// A dead letter: kept, loud, and for a person.
async fn bury(state: &AppState, waiting: &Waiting, order: Option<&str>, why: &str) -> Result<(), Setback> {
    let now: Timestamp = state.clock.now();
    tracing::error!(
        provider = waiting.provider.code(),
        event = waiting.event,
        notice.id = waiting.id,
        order.id = order,
        why,
        "a notice is a dead letter: a person must look"
    );
    let mut db = state.pool.begin().await?;
    if notices::finish(&mut db, &waiting.id, "dead", why, order, now).await?
        && let Some(order) = order
    {
        let detail = format!("The notice {} could not be settled: {why}.", waiting.event);
        journal::write(&mut db, order, now, "notice.dead", &detail).await?;
    }
    Ok(db.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_tried_for_the_better_part_of_a_day_and_then_kept_as_a_dead_letter() {
        let total: i64 = (0..).map_while(wait_after).sum();
        assert!(total > 17 * 3_600_000, "{total} ms");
        assert_eq!(wait_after(0), Some(500));
        assert_eq!(wait_after(11), None);
    }
}
