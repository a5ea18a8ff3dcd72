//! The inbox's rows: notices, from their arrival to the day they are settled.

use super::{Sql, coded};
use crate::domain::{ProviderName, Timestamp};
use crate::server::order_view::NoticeView;
use sqlx::{AnyConnection, Row};
use std::collections::HashSet;

/// A notice as it waits in the inbox.
pub struct Waiting {
    pub id: String,
    pub provider: ProviderName,
    pub event: String,
    pub body: String,
    /// How often settling it has been tried before.
    pub tries: i64,
    pub received_at: Timestamp,
}

/// A notice that just came in.
pub struct Arrival {
    pub id: String,
    pub provider: ProviderName,
    pub dedupe_key: String,
    pub event: String,
    /// What it is about, by the name that the provider used.
    pub subject: Option<String>,
    pub body: String,
    /// Why it is settled by having been kept; `None` when there is something to do.
    pub settled: Option<&'static str>,
    pub received_at: Timestamp,
}

impl Arrival {
    /// What there is at most one of.
    pub fn key(&self) -> (&'static str, String) {
        (self.provider.code(), self.dedupe_key.clone())
    }
}

/// How many values a notice is stored with that differ from one to the other.
const VALUES: usize = 11;

/// Stores notices, each of which must be another one, all together or none; answers the keys of those that are new. A dead
/// letter that is sent again comes to life, and counts as new: that is what "resend" in a provider's dashboard is for.
pub async fn insert(db: &mut AnyConnection, arrivals: &[&Arrival]) -> Sql<HashSet<(&'static str, String)>> {
    let row = |row: usize| {
        let places: Vec<String> = (1..=VALUES).map(|value| format!("${}", row * VALUES + value)).collect();
        format!("({}, 0, 0)", places.join(", "))
    };
    let rows: Vec<String> = (0..arrivals.len()).map(row).collect();
    let statement = format!(
        "insert into inbox (id, provider, dedupe_key, event, session, body, state, outcome, next_try_at, received_at,
                            settled_at, tries, lease_until)
         values {}
         on conflict (provider, dedupe_key) do update
            set state = 'received', tries = 0, next_try_at = excluded.next_try_at, lease_until = 0, settled_at = null
            where inbox.state = 'dead'
         returning provider, dedupe_key",
        rows.join(", ")
    );
    // Made of numbers and of what stands above.
    let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
    for arrival in arrivals {
        query = query
            .bind(&arrival.id)
            .bind(arrival.provider.code())
            .bind(&arrival.dedupe_key)
            .bind(&arrival.event)
            .bind(&arrival.subject)
            .bind(&arrival.body)
            .bind(if arrival.settled.is_some() { "settled" } else { "received" })
            .bind(arrival.settled.unwrap_or_default())
            .bind(arrival.received_at)
            .bind(arrival.received_at)
            .bind(arrival.settled.map(|_| arrival.received_at));
    }
    let new = query.fetch_all(db).await?;
    let key = |row| Ok((coded(row, "provider", ProviderName::from_code)?.code(), row.try_get("dedupe_key")?));
    new.iter().map(key).collect()
}

/// Claims the notice that has waited longest, until `until`; a process that dies with it loses it then.
pub async fn claim_next(db: &mut AnyConnection, now: Timestamp, until: Timestamp) -> Sql<Option<Waiting>> {
    let Some(row) = sqlx::query(
        "select id, provider, event, body, tries, received_at from inbox
         where state = 'received' and next_try_at <= $1 and lease_until <= $1
         order by next_try_at, received_at, id limit 1",
    )
    .bind(now)
    .fetch_optional(&mut *db)
    .await?
    else {
        return Ok(None);
    };
    let waiting = Waiting {
        id: row.try_get("id")?,
        provider: coded(&row, "provider", ProviderName::from_code)?,
        event: row.try_get("event")?,
        body: row.try_get("body")?,
        tries: row.try_get("tries")?,
        received_at: row.try_get("received_at")?,
    };
    let done = sqlx::query(
        "update inbox set lease_until = $3, tries = tries + 1
         where id = $1 and state = 'received' and lease_until <= $2 and tries = $4",
    )
    .bind(&waiting.id)
    .bind(now)
    .bind(until)
    .bind(waiting.tries)
    .execute(&mut *db)
    .await?;
    // Somebody else was faster: there may be another one, and the loop comes back at once.
    if done.rows_affected() == 0 { Box::pin(claim_next(db, now, until)).await } else { Ok(Some(waiting)) }
}

/// Moves the end of a claim from `from` to `to`; `false` when it is no longer there: somebody else has the notice, or it
/// has come to its end.
pub async fn renew_claim(db: &mut AnyConnection, id: &str, from: Timestamp, to: Timestamp) -> Sql<bool> {
    let done =
        sqlx::query("update inbox set lease_until = $3 where id = $1 and lease_until = $2 and state = 'received'")
            .bind(id)
            .bind(from)
            .bind(to)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// The end of a notice: `settled` or `dead`. `false` when another process settled it in the meantime; then the caller
/// rolls back.
pub async fn finish(
    db: &mut AnyConnection,
    id: &str,
    state: &'static str,
    outcome: &str,
    order: Option<&str>,
    now: Timestamp,
) -> Sql<bool> {
    let done = sqlx::query(
        "update inbox set state = $2, outcome = $3, order_id = coalesce($4, order_id), settled_at = $5
         where id = $1 and state = 'received'",
    )
    .bind(id)
    .bind(state)
    .bind(outcome)
    .bind(order)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a notice back, to be tried again at `next_try_at`.
pub async fn postpone(
    db: &mut AnyConnection,
    id: &str,
    why: &str,
    order: Option<&str>,
    next_try_at: Timestamp,
) -> Sql<()> {
    sqlx::query(
        "update inbox set outcome = $2, order_id = coalesce($3, order_id), next_try_at = $4, lease_until = 0
         where id = $1 and state = 'received'",
    )
    .bind(id)
    .bind(why)
    .bind(order)
    .bind(next_try_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Counts webhooks that were refused. Nothing of them is kept: anybody can send them.
pub async fn count_forgeries(
    db: &mut AnyConnection,
    provider: ProviderName,
    reason: &str,
    count: i64,
    now: Timestamp,
) -> Sql<()> {
    sqlx::query(
        "insert into forgeries (provider, reason, count, last_at) values ($1, $2, $3, $4)
         on conflict (provider, reason) do update set count = forgeries.count + $3, last_at = $4",
    )
    .bind(provider.code())
    .bind(reason)
    .bind(count)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// The notices that belong to an order, in the order in which they came.
pub async fn of_order(db: &mut AnyConnection, order: &str) -> Sql<Vec<NoticeView>> {
    let rows = sqlx::query(
        "select event, state, outcome, tries, received_at, settled_at from inbox
         where order_id = $1 order by received_at, id",
    )
    .bind(order)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(NoticeView {
                event: row.try_get("event")?,
                state: row.try_get("state")?,
                outcome: row.try_get("outcome")?,
                tries: row.try_get("tries")?,
                received_at: row.try_get("received_at")?,
                settled_at: row.try_get("settled_at")?,
            })
        })
        .collect()
}
