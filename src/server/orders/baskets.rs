//! What orders do to the baskets that they came from.

use super::Sql;
use crate::domain::Timestamp;
use sqlx::{AnyConnection, Row};

/// Takes the basket's row, if it still is in the version that was read; so its lines are those that were read.
pub async fn lock_basket(db: &mut AnyConnection, basket: &str, version: i64) -> Sql<bool> {
    let done = sqlx::query("update baskets set changed_at = changed_at where id = $1 and version = $2")
        .bind(basket)
        .bind(version)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Other orders of the basket that still wait for a payment which nobody has promised: their tokens.
pub async fn unpaid_others(db: &mut AnyConnection, basket: &str, version: i64) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select token from orders where basket = $1 and basket_version <> $2 and state = 'awaiting_payment'
           and not exists (select 1 from attempts a where a.order_id = orders.id and a.state in ('authorised', 'paid'))",
    )
    .bind(basket)
    .bind(version)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.try_get("token")).collect()
}

/// What is bought leaves the basket; what was added to it since stays. The basket gets a new version, so that the next
/// checkout is a new order.
pub async fn empty_basket(db: &mut AnyConnection, order: &str, now: Timestamp) -> Sql<()> {
    let first = sqlx::query("update orders set basket_emptied = 1 where id = $1 and basket_emptied = 0")
        .bind(order)
        .execute(&mut *db)
        .await?;
    if first.rows_affected() == 0 {
        return Ok(());
    }
    for statement in [
        "delete from basket_lines where basket = (select basket from orders where id = $1)
           and quantity <= (select l.quantity from order_lines l where l.order_id = $1
                              and l.variant = basket_lines.variant)",
        "update basket_lines set quantity = quantity - (select l.quantity from order_lines l where l.order_id = $1
                                                          and l.variant = basket_lines.variant)
         where basket = (select basket from orders where id = $1)
           and exists (select 1 from order_lines l where l.order_id = $1 and l.variant = basket_lines.variant)",
    ] {
        sqlx::query(statement).bind(order).execute(&mut *db).await?;
    }
    sqlx::query(
        "update baskets set version = version + 1, changed_at = $2
         where id = (select basket from orders where id = $1)",
    )
    .bind(order)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Gives the basket of an order that is over a new version, so that pressing Checkout again makes a new order. A basket
/// that has changed since has one already.
pub async fn renew_basket(db: &mut AnyConnection, order: &str, now: Timestamp) -> Sql<()> {
    sqlx::query(
        "update baskets set version = version + 1, changed_at = $2
         where id = (select basket from orders where id = $1)
           and version = (select basket_version from orders where id = $1)",
    )
    .bind(order)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}
