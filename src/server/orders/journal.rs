//! The journal: what happened to each order and why. Only ever added to.

use super::Sql;
use crate::domain::Timestamp;
use crate::server::order_view::JournalEntry;
use crate::server::token;
use sqlx::{AnyConnection, Row};

/// `what` is a short name (`order.fulfilled`), `detail` a sentence without personal data.
pub async fn write(db: &mut AnyConnection, order: &str, now: Timestamp, what: &str, detail: &str) -> Sql<()> {
    let position: i64 =
        sqlx::query("update orders set journal_entries = journal_entries + 1 where id = $1 returning journal_entries")
            .bind(order)
            .fetch_one(&mut *db)
            .await?
            .try_get("journal_entries")?;
    sqlx::query("insert into journal (id, order_id, at, position, what, detail) values ($1, $2, $3, $4, $5, $6)")
        .bind(token::id())
        .bind(order)
        .bind(now)
        .bind(position)
        .bind(what)
        .bind(detail)
        .execute(db)
        .await?;
    Ok(())
}

/// An order's journal, oldest entry first.
pub async fn read(db: &mut AnyConnection, order: &str) -> Sql<Vec<JournalEntry>> {
    let rows = sqlx::query("select at, what, detail from journal where order_id = $1 order by position")
        .bind(order)
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(JournalEntry { at: row.try_get("at")?, what: row.try_get("what")?, detail: row.try_get("detail")? })
        })
        .collect()
}
