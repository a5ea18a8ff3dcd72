//! What came of an order: its fulfilment, and what was given back.

use super::Sql;
use crate::domain::{Attempt, Money, Timestamp};
use sqlx::{AnyConnection, Row};

/// The row whose key makes fulfilment happen once; `false` when there is one already.
pub async fn insert_fulfilment(
    db: &mut AnyConnection,
    order: &str,
    attempt: &str,
    packing_slip: &str,
    receipt: &str,
    now: Timestamp,
) -> Sql<bool> {
    let done = sqlx::query(
        "insert into fulfilments (order_id, attempt, packing_slip, receipt, fulfilled_at) values ($1, $2, $3, $4, $5)
         on conflict (order_id) do nothing",
    )
    .bind(order)
    .bind(attempt)
    .bind(packing_slip)
    .bind(receipt)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The receipt, once the order was fulfilled.
pub async fn receipt(db: &mut AnyConnection, order: &str) -> Sql<Option<String>> {
    let row = sqlx::query("select receipt from fulfilments where order_id = $1").bind(order).fetch_optional(db).await?;
    row.map(|row| row.try_get("receipt")).transpose()
}

/// The attempt whose payment fulfilled the order.
pub async fn fulfilled_by(db: &mut AnyConnection, order: &str) -> Sql<Option<String>> {
    let row = sqlx::query("select attempt from fulfilments where order_id = $1").bind(order).fetch_optional(db).await?;
    row.map(|row| row.try_get("attempt")).transpose()
}

/// Stores a refund that a notice told of; `false` when it is known.
pub async fn insert_refund(
    db: &mut AnyConnection,
    attempt: &Attempt,
    refund: &str,
    amount: Money,
    chargeback: bool,
    now: Timestamp,
) -> Sql<bool> {
    let done = sqlx::query(
        "insert into refunds (provider, refund, order_id, attempt, amount_minor, currency, chargeback, refunded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (provider, refund) do nothing",
    )
    .bind(attempt.provider.code())
    .bind(refund)
    .bind(&attempt.order)
    .bind(&attempt.id)
    .bind(amount.minor)
    .bind(amount.currency.code())
    .bind(i64::from(chargeback))
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What has been given back of one attempt's payment, in minor units.
pub async fn refunded_of_attempt(db: &mut AnyConnection, attempt: &str) -> Sql<i64> {
    let row =
        sqlx::query("select cast(coalesce(sum(amount_minor), 0) as bigint) as sum from refunds where attempt = $1")
            .bind(attempt)
            .fetch_one(db)
            .await?;
    row.try_get("sum")
}

/// What has been given back of an order, in its currency's minor units.
pub async fn refunded_minor(db: &mut AnyConnection, order: &str) -> Sql<i64> {
    let row =
        sqlx::query("select cast(coalesce(sum(amount_minor), 0) as bigint) as sum from refunds where order_id = $1")
            .bind(order)
            .fetch_one(db)
            .await?;
    row.try_get("sum")
}

/// What the shopper's bank has taken back of an order, in its currency's minor units.
pub async fn charged_back_minor(db: &mut AnyConnection, order: &str) -> Sql<i64> {
    let row = sqlx::query(
        "select cast(coalesce(sum(amount_minor), 0) as bigint) as sum from refunds where order_id = $1 and chargeback = 1",
    )
    .bind(order)
    .fetch_one(db)
    .await?;
    row.try_get("sum")
}
