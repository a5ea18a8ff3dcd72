//! Refunds that the merchant asked for, from before the provider is called to the notice that settles them.

use super::{Sql, coded, money};
use crate::domain::{AskedRefund, RefundState, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

fn refund(row: &AnyRow) -> Sql<AskedRefund> {
    Ok(AskedRefund {
        id: row.try_get("id")?,
        order: row.try_get("order_id")?,
        attempt: row.try_get("attempt")?,
        amount: money(row, "amount_minor")?,
        before_minor: row.try_get("before_minor")?,
        everything: row.try_get::<i64, _>("everything")? == 1,
        restock: row.try_get::<i64, _>("restock")? == 1,
        state: coded(row, "state", RefundState::from_code)?,
        tries: row.try_get("tries")?,
        asked_at: row.try_get("asked_at")?,
    })
}

/// Stores a refund, with the right to ask for it until `until`; `false` while the order has another one whose end nobody
/// knows.
pub async fn insert(db: &mut AnyConnection, refund: &AskedRefund, until: Timestamp) -> Sql<bool> {
    let done = sqlx::query(
        "insert into asked_refunds (id, order_id, attempt, amount_minor, currency, before_minor, everything, restock, state,
                                    outcome, tries, lease_until, next_try_at, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $11, $12) on conflict do nothing",
    )
    .bind(&refund.id)
    .bind(&refund.order)
    .bind(&refund.attempt)
    .bind(refund.amount.minor)
    .bind(refund.amount.currency.code())
    .bind(refund.before_minor)
    .bind(i64::from(refund.everything))
    .bind(i64::from(refund.restock))
    .bind(refund.state.code())
    .bind(refund.tries)
    .bind(until)
    .bind(refund.asked_at)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn by_id(db: &mut AnyConnection, id: &str) -> Sql<Option<AskedRefund>> {
    let row = sqlx::query("select * from asked_refunds where id = $1").bind(id).fetch_optional(db).await?;
    row.as_ref().map(refund).transpose()
}

/// The one refund of an order whose end nobody knows.
pub async fn unfinished(db: &mut AnyConnection, order: &str) -> Sql<Option<AskedRefund>> {
    let row = sqlx::query("select * from asked_refunds where order_id = $1 and state = 'asked'")
        .bind(order)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(refund).transpose()
}

/// What no notice has told of yet of an attempt's refunds: those that were made first, and the oldest first.
pub async fn untold(db: &mut AnyConnection, attempt: &str) -> Sql<Vec<AskedRefund>> {
    let rows = sqlx::query(
        "select * from asked_refunds where attempt = $1 and state in ('made', 'asked')
         order by case state when 'made' then 0 else 1 end, asked_at, id",
    )
    .bind(attempt)
    .fetch_all(db)
    .await?;
    rows.iter().map(refund).collect()
}

/// Refunds whose end is to be found out.
pub async fn due(db: &mut AnyConnection, now: Timestamp, limit: i64) -> Sql<Vec<AskedRefund>> {
    let rows = sqlx::query(
        "select * from asked_refunds where state = 'asked' and next_try_at <= $1 and lease_until <= $1
         order by next_try_at limit $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(refund).collect()
}

/// Takes the right to find out, until `until`; `false` while somebody else has it.
pub async fn lease(db: &mut AnyConnection, id: &str, now: Timestamp, until: Timestamp) -> Sql<bool> {
    let done = sqlx::query(
        "update asked_refunds set lease_until = $3, tries = tries + 1
         where id = $1 and state = 'asked' and lease_until <= $2",
    )
    .bind(id)
    .bind(now)
    .bind(until)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives the lease back with why the end is not known yet, and when the sweep is to try again.
pub async fn postpone(db: &mut AnyConnection, id: &str, why: &str, next_try_at: Timestamp) -> Sql<()> {
    sqlx::query(
        "update asked_refunds set outcome = $2, lease_until = 0, next_try_at = $3 where id = $1 and state = 'asked'",
    )
    .bind(id)
    .bind(why)
    .bind(next_try_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Moves a refund from one state to another; `false` when it was no longer in `from`.
pub async fn move_state(
    db: &mut AnyConnection,
    id: &str,
    from: RefundState,
    to: RefundState,
    outcome: &str,
) -> Sql<bool> {
    let done = sqlx::query("update asked_refunds set state = $3, outcome = $4 where id = $1 and state = $2")
        .bind(id)
        .bind(from.code())
        .bind(to.code())
        .bind(outcome)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
