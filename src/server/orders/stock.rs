//! Stock: units are held for an attempt, then sold or released.
//!
//! `variants.held` is the sum of the open holds. Whether there is one left and keeping it is one update, so two shoppers
//! cannot both get the last one (OWASP ASVS 5.0, 2.3.4). Downloads have no stock and no holds.

use super::Sql;
use sqlx::{AnyConnection, Row};

/// Keeps `quantity` of a variant for an attempt; `false` when there are not enough.
pub async fn hold(db: &mut AnyConnection, attempt: &str, variant: &str, quantity: i64) -> Sql<bool> {
    let done = sqlx::query("update variants set held = held + $2 where id = $1 and on_sale = 1 and stock - held >= $2")
        .bind(variant)
        .bind(quantity)
        .execute(&mut *db)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("insert into holds (attempt, variant, quantity, state) values ($1, $2, $3, 'held')")
        .bind(attempt)
        .bind(variant)
        .bind(quantity)
        .execute(db)
        .await?;
    Ok(true)
}

async fn of_attempt(db: &mut AnyConnection, attempt: &str) -> Sql<Vec<(String, i64)>> {
    let rows = sqlx::query("select variant, quantity from holds where attempt = $1 order by variant")
        .bind(attempt)
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| Ok((row.try_get("variant")?, row.try_get("quantity")?))).collect()
}

/// Lets go of what an attempt still holds. Doing it twice releases once.
pub async fn release(db: &mut AnyConnection, attempt: &str) -> Sql<()> {
    for (variant, quantity) in of_attempt(db, attempt).await? {
        if move_hold(db, attempt, &variant, "held", "released").await? {
            sqlx::query("update variants set held = held - $2 where id = $1")
                .bind(&variant)
                .bind(quantity)
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(())
}

/// Turns an attempt's holds into a sale. A hold that was released before the money came is taken again if there is
/// stock; `false` when there is none: then the caller rolls back.
pub async fn sell(db: &mut AnyConnection, attempt: &str) -> Sql<bool> {
    for (variant, quantity) in of_attempt(db, attempt).await? {
        let statement = if move_hold(db, attempt, &variant, "held", "sold").await? {
            "update variants set stock = stock - $2, held = held - $2 where id = $1"
        } else if move_hold(db, attempt, &variant, "released", "sold").await? {
            "update variants set stock = stock - $2 where id = $1 and stock - held >= $2"
        } else {
            return Ok(false);
        };
        let done = sqlx::query(statement).bind(&variant).bind(quantity).execute(&mut *db).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts what an order has sold back on the shelf. Doing it twice puts it back once. How many units.
pub async fn put_back(db: &mut AnyConnection, order: &str) -> Sql<i64> {
    let rows = sqlx::query(
        "select h.attempt, h.variant, h.quantity from holds h join attempts a on a.id = h.attempt
         where a.order_id = $1 and h.state = 'sold' order by h.variant",
    )
    .bind(order)
    .fetch_all(&mut *db)
    .await?;
    let mut units = 0;
    for row in rows {
        let (attempt, variant, quantity): (String, String, i64) =
            (row.try_get("attempt")?, row.try_get("variant")?, row.try_get("quantity")?);
        if move_hold(db, &attempt, &variant, "sold", "released").await? {
            sqlx::query("update variants set stock = stock + $2 where id = $1")
                .bind(&variant)
                .bind(quantity)
                .execute(&mut *db)
                .await?;
            units += quantity;
        }
    }
    Ok(units)
}

async fn move_hold(
    db: &mut AnyConnection,
    attempt: &str,
    variant: &str,
    from: &'static str,
    to: &'static str,
) -> Sql<bool> {
    let done = sqlx::query("update holds set state = $4 where attempt = $1 and variant = $2 and state = $3")
        .bind(attempt)
        .bind(variant)
        .bind(from)
        .bind(to)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How an attempt's holds stand, for the order page's part for developers: `sencha-tin-100g ×2 held`.
pub async fn describe(db: &mut AnyConnection, attempt: &str) -> Sql<String> {
    let rows = sqlx::query("select variant, quantity, state from holds where attempt = $1 order by variant")
        .bind(attempt)
        .fetch_all(db)
        .await?;
    let mut parts = Vec::new();
    for row in rows {
        let (variant, quantity, state): (String, i64, String) =
            (row.try_get("variant")?, row.try_get("quantity")?, row.try_get("state")?);
        parts.push(format!("{variant} ×{quantity} {state}"));
    }
    Ok(parts.join(", "))
}
