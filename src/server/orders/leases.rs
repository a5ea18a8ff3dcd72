//! Leases on attempts: who may work on one just now, and until when. A process that dies with one loses it then; how it is
//! renewed meanwhile is in `payments::lease`. The right to look one up is no lease but a pause between two look-ups.

use super::{Sql, attempts};
use crate::domain::{Attempt, Timestamp};
use sqlx::AnyConnection;

/// Takes the right to ask the provider for this attempt's page, until `until`; `false` while somebody else has it.
pub async fn take_opening(db: &mut AnyConnection, id: &str, now: Timestamp, until: Timestamp) -> Sql<bool> {
    let done =
        sqlx::query("update attempts set lease_until = $3 where id = $1 and state = 'opening' and lease_until <= $2")
            .bind(id)
            .bind(now)
            .bind(until)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves the end of a lease from `from` to `to`; `false` when it is no longer there.
pub async fn renew_opening(db: &mut AnyConnection, id: &str, from: Timestamp, to: Timestamp) -> Sql<bool> {
    let done =
        sqlx::query("update attempts set lease_until = $3 where id = $1 and lease_until = $2 and state = 'opening'")
            .bind(id)
            .bind(from)
            .bind(to)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn give_back(db: &mut AnyConnection, id: &str) -> Sql<()> {
    extend(db, id, 0).await
}

/// Lets nobody take the attempt up before `until`; for those who have its lease.
pub async fn extend(db: &mut AnyConnection, id: &str, until: Timestamp) -> Sql<()> {
    sqlx::query("update attempts set lease_until = $2 where id = $1").bind(id).bind(until).execute(db).await?;
    Ok(())
}

/// Takes the right to look this attempt up, at most once in `every_ms`; `false` when somebody just did.
pub async fn take_look_up(db: &mut AnyConnection, id: &str, now: Timestamp, every_ms: i64) -> Sql<bool> {
    let done = sqlx::query("update attempts set seen_at = $2 where id = $1 and seen_at <= $3")
        .bind(id)
        .bind(now)
        .bind(now - every_ms)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps an attempt from being swept again before `until`, and answers how it is now; `None` when another sweep has it, or
/// something happened to it since it was found.
pub async fn take_sweep(
    db: &mut AnyConnection,
    found: &Attempt,
    now: Timestamp,
    until: Timestamp,
) -> Sql<Option<Attempt>> {
    let done = sqlx::query(
        "update attempts set lease_until = $3
         where id = $1 and lease_until <= $2 and state = $4 and expires_at = $5",
    )
    .bind(&found.id)
    .bind(now)
    .bind(until)
    .bind(found.state.code())
    .bind(found.expires_at)
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 1 { attempts::by_id(db, &found.id).await } else { Ok(None) }
}
