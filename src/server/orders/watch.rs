//! Webhooks that do not come: which live attempts the sweep looks at when, and the alarm that is raised once.

use super::Sql;
use super::attempts::attempt;
use crate::domain::{Attempt, AttemptState, Timestamp};
use sqlx::AnyConnection;

/// How long a webhook may take before anybody looks for it, and, once a look-up has said what it would say, before somebody
/// is told, in milliseconds.
pub const WEBHOOK_MAY_TAKE_MS: i64 = 15 * 60_000;

/// Live attempts that are to be looked at now. Those whose time is over are `attempts::to_sweep`'s.
pub async fn due(db: &mut AnyConnection, now: Timestamp, limit: i64) -> Sql<Vec<Attempt>> {
    let rows = sqlx::query(
        "select a.* from attempts a join orders o on o.id = a.order_id
         where a.state in ('open', 'authorised', 'declined') and a.look_at <= $1 and a.expires_at > $1
           and a.session is not null and o.state = 'awaiting_payment'
         order by a.look_at limit $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(attempt).collect()
}

/// Takes the right to look at an attempt, which is not looked at again before `until`; `false` when somebody else has it.
pub async fn lease(db: &mut AnyConnection, id: &str, now: Timestamp, until: Timestamp) -> Sql<bool> {
    let done = sqlx::query("update attempts set look_at = $3 where id = $1 and look_at <= $2")
        .bind(id)
        .bind(now)
        .bind(until)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what a look-up said, for the order's page to show, and since when. What ought to be followed by a webhook is looked
/// at again when that has had its time.
pub async fn set_seen(db: &mut AnyConnection, id: &str, seen: AttemptState, now: Timestamp) -> Sql<()> {
    sqlx::query(
        "update attempts set
            seen_since = case when seen_stage = $2 then seen_since else $3 end,
            look_at = case when seen_stage = $2 then look_at when $5 = 1 then $4 else look_at end,
            alarmed_at = case when seen_stage = $2 then alarmed_at else null end,
            seen_stage = $2
         where id = $1",
    )
    .bind(id)
    .bind(seen.code())
    .bind(now)
    .bind(now + WEBHOOK_MAY_TAKE_MS)
    .bind(i64::from(matches!(seen, AttemptState::Paid | AttemptState::Authorised)))
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that somebody is told now: the look-ups have been ahead of the webhooks since `since` or longer. `false` when they
/// are not, or somebody was told before.
pub async fn raise(db: &mut AnyConnection, id: &str, now: Timestamp, since: Timestamp) -> Sql<bool> {
    let done = sqlx::query(
        "update attempts set alarmed_at = $2
         where id = $1 and alarmed_at is null and seen_since <= $3 and state in ('open', 'authorised', 'declined')
           and (seen_stage = 'paid' or (seen_stage = 'authorised' and state <> 'authorised'))",
    )
    .bind(id)
    .bind(now)
    .bind(since)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
