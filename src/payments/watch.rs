//! Webhooks that do not come although the provider says that they should: looked for, and complained about once.
//!
//! Nothing here fulfils. The alarm is a line in the log, one in the order's journal and one in the list that `noren doctor`
//! prints; it ends by itself when the webhook comes.

use super::{Provider, look_up};
use crate::domain::{Attempt, AttemptState, Timestamp};
use crate::server::orders::watch::{self, WEBHOOK_MAY_TAKE_MS};
use crate::server::orders::{attempts, journal, leases};
use crate::server::state::AppState;
use sqlx::Error;

/// How many attempts one round looks at.
const AT_ONCE: i64 = 10;
const SHORTEST_REST_MS: i64 = 60_000;
const LONGEST_REST_MS: i64 = 3_600_000;

/// How long an attempt of this age is left alone, in milliseconds: the older, the longer, so that a slip that is paid days
/// later costs the provider one look-up an hour.
pub fn rest(age_ms: i64) -> i64 {
    (age_ms / 3).clamp(SHORTEST_REST_MS, LONGEST_REST_MS)
}

/// One round: looks at what has been under way for longer than a webhook may take.
///
/// # Errors
/// When the database fails.
pub async fn round(state: &AppState) -> Result<(), Error> {
    let now = state.clock.now();
    let due = watch::due(&mut *state.pool.acquire().await?, now, AT_ONCE).await?;
    for attempt in due {
        let now = state.clock.now();
        let mut db = state.pool.acquire().await?;
        let leased = watch::lease(&mut db, &attempt.id, now, now + rest(now - attempt.opened_at)).await?;
        drop(db);
        let asked = state.providers.get(attempt.provider).is_some_and(Provider::can_be_asked);
        // Ending what is over is not for here: stock outlives the page, for a payment in its last minute.
        if leased
            && asked
            && let Some(seen) = look_up::look(state, &attempt).await
        {
            alarm(state, &attempt, seen, state.clock.now() - WEBHOOK_MAY_TAKE_MS).await?;
        }
    }
    Ok(())
}

/// The attempt's time is over, and the provider says that it is paid or promised: its stock is kept until `keep_until`, and
/// somebody is told.
///
/// # Errors
/// When the database fails.
pub async fn keep(state: &AppState, attempt: &Attempt, seen: AttemptState, keep_until: Timestamp) -> Result<(), Error> {
    let now = state.clock.now();
    let mut db = state.pool.begin().await?;
    leases::extend(&mut db, &attempt.id, now + rest(now - attempt.opened_at)).await?;
    attempts::extend(&mut db, &attempt.id, keep_until).await?;
    watch::set_seen(&mut db, &attempt.id, seen, now).await?;
    db.commit().await?;
    alarm(state, attempt, seen, now).await
}

/// Tells somebody, once, that look-ups have been ahead of the webhooks since `since`.
async fn alarm(state: &AppState, attempt: &Attempt, seen: AttemptState, since: Timestamp) -> Result<(), Error> {
    let now = state.clock.now();
    let mut db = state.pool.begin().await?;
    if !watch::raise(&mut db, &attempt.id, now, since).await? {
        return Ok(());
    }
    let what = if seen == AttemptState::Paid { "paid" } else { "promised" };
    let detail = format!(
        "{} says {what}, and no webhook was settled that does. Resend it from the dashboard; a look-up alone fulfils nothing.",
        attempt.provider.title()
    );
    journal::write(&mut db, &attempt.order, now, "attempt.webhook_missing", &detail).await?;
    db.commit().await?;
    tracing::error!(
        order.id = attempt.order,
        attempt.id = attempt.id,
        provider = attempt.provider.code(),
        what,
        "the provider says so, and no webhook was settled that does: resend it from the provider's dashboard"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_asked_about_a_slip_of_days_once_an_hour_and_about_a_page_every_few_minutes() {
        let asked_until = |end_ms: i64| {
            let mut at = WEBHOOK_MAY_TAKE_MS;
            let times = std::iter::from_fn(|| {
                let now = at;
                at += rest(now);
                (now < end_ms).then_some(now)
            });
            times.count()
        };
        assert_eq!(asked_until(35 * 60_000), 3);
        assert!((70..90).contains(&asked_until(3 * 24 * 3_600_000)), "{}", asked_until(3 * 24 * 3_600_000));
    }
}
