//! Attempts: one try at paying one order.

use super::{Sql, coded, contact, json, money};
use crate::domain::{Attempt, AttemptState, Instructions, ProviderName, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

pub fn attempt(row: &AnyRow) -> Sql<Attempt> {
    let instructions: Option<String> = row.try_get("instructions")?;
    Ok(Attempt {
        id: row.try_get("id")?,
        order: row.try_get("order_id")?,
        provider: coded(row, "provider", ProviderName::from_code)?,
        method: row.try_get("method")?,
        state: coded(row, "state", AttemptState::from_code)?,
        amount: money(row, "amount_minor")?,
        contact: contact(row)?,
        language: row.try_get("language")?,
        session: row.try_get("session")?,
        page_url: row.try_get("page_url")?,
        payment: row.try_get("payment")?,
        instructions: instructions
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| sqlx::Error::Decode(error.into()))?,
        opened_at: row.try_get("opened_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}

pub async fn insert(db: &mut AnyConnection, attempt: &Attempt) -> Sql<()> {
    sqlx::query(
        "insert into attempts (id, order_id, provider, method, state, amount_minor, currency, contact, language,
                               lease_until, seen_at, opened_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11)",
    )
    .bind(&attempt.id)
    .bind(&attempt.order)
    .bind(attempt.provider.code())
    .bind(&attempt.method)
    .bind(attempt.state.code())
    .bind(attempt.amount.minor)
    .bind(attempt.amount.currency.code())
    .bind(json(&attempt.contact))
    .bind(&attempt.language)
    .bind(attempt.opened_at)
    .bind(attempt.expires_at)
    .execute(db)
    .await?;
    Ok(())
}

pub async fn by_id(db: &mut AnyConnection, id: &str) -> Sql<Option<Attempt>> {
    let row = sqlx::query("select * from attempts where id = $1").bind(id).fetch_optional(db).await?;
    row.as_ref().map(attempt).transpose()
}

pub async fn by_session(db: &mut AnyConnection, provider: ProviderName, session: &str) -> Sql<Option<Attempt>> {
    let row = sqlx::query("select * from attempts where provider = $1 and session = $2")
        .bind(provider.code())
        .bind(session)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(attempt).transpose()
}

/// An order's attempts, oldest first.
pub async fn of_order(db: &mut AnyConnection, order: &str) -> Sql<Vec<Attempt>> {
    let rows = sqlx::query("select * from attempts where order_id = $1 order by opened_at, id")
        .bind(order)
        .fetch_all(db)
        .await?;
    rows.iter().map(attempt).collect()
}

/// Takes the right to ask the provider for this attempt's page, until `until`; `false` while somebody else has it.
pub async fn lease_opening(db: &mut AnyConnection, id: &str, now: Timestamp, until: Timestamp) -> Sql<bool> {
    let done =
        sqlx::query("update attempts set lease_until = $3 where id = $1 and state = 'opening' and lease_until <= $2")
            .bind(id)
            .bind(now)
            .bind(until)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn give_lease_back(db: &mut AnyConnection, id: &str) -> Sql<()> {
    extend_lease(db, id, 0).await
}

/// Lets nobody take the attempt up before `until`; for those who have its lease.
pub async fn extend_lease(db: &mut AnyConnection, id: &str, until: Timestamp) -> Sql<()> {
    sqlx::query("update attempts set lease_until = $2 where id = $1").bind(id).bind(until).execute(db).await?;
    Ok(())
}

/// Stores the provider's answer: the attempt is open. `false` when it no longer was opening.
pub async fn store_page(db: &mut AnyConnection, id: &str, session: &str, page_url: &str) -> Sql<bool> {
    let done = sqlx::query(
        "update attempts set state = 'open', session = $2, page_url = $3, lease_until = 0
         where id = $1 and state = 'opening'",
    )
    .bind(id)
    .bind(session)
    .bind(page_url)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves an attempt from one state to another; `false` when it was no longer in `from`.
pub async fn move_state(db: &mut AnyConnection, id: &str, from: AttemptState, to: AttemptState) -> Sql<bool> {
    let done = sqlx::query("update attempts set state = $3 where id = $1 and state = $2")
        .bind(id)
        .bind(from.code())
        .bind(to.code())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_payment(db: &mut AnyConnection, id: &str, payment: Option<&str>) -> Sql<()> {
    sqlx::query("update attempts set payment = coalesce($2, payment) where id = $1")
        .bind(id)
        .bind(payment)
        .execute(db)
        .await?;
    Ok(())
}

/// What the shopper still has to do, and until when the stock waits for it.
pub async fn set_instructions(
    db: &mut AnyConnection,
    id: &str,
    instructions: Option<&Instructions>,
    expires_at: Timestamp,
) -> Sql<()> {
    let text =
        instructions.map(serde_json::to_string).transpose().map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query("update attempts set instructions = $2, expires_at = $3 where id = $1")
        .bind(id)
        .bind(text)
        .bind(expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes the right to look this attempt up, at most once in `every_ms`; `false` when somebody just did.
pub async fn lease_look_up(db: &mut AnyConnection, id: &str, now: Timestamp, every_ms: i64) -> Sql<bool> {
    let done = sqlx::query("update attempts set seen_at = $2 where id = $1 and seen_at <= $3")
        .bind(id)
        .bind(now)
        .bind(now - every_ms)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what a look-up said, for the order's page to show.
pub async fn set_seen(db: &mut AnyConnection, id: &str, stage: &str) -> Sql<()> {
    sqlx::query("update attempts set seen_stage = $2 where id = $1").bind(id).bind(stage).execute(db).await?;
    Ok(())
}

pub async fn seen(db: &mut AnyConnection, id: &str) -> Sql<Option<String>> {
    let row = sqlx::query("select seen_stage from attempts where id = $1").bind(id).fetch_optional(db).await?;
    row.map_or(Ok(None), |row| row.try_get("seen_stage"))
}

/// Live attempts whose time is over, or whose order no longer needs them.
pub async fn to_sweep(db: &mut AnyConnection, now: Timestamp, limit: i64) -> Sql<Vec<Attempt>> {
    let rows = sqlx::query(
        "select a.* from attempts a join orders o on o.id = a.order_id
         where a.state in ('opening', 'open', 'authorised', 'declined')
           and (a.expires_at <= $1 or o.state not in ('awaiting_payment', 'needs_review'))
           and a.lease_until <= $1
         order by a.expires_at limit $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(attempt).collect()
}

/// Keeps an attempt from being swept again before `until`; `false` when another sweep has it.
pub async fn lease_sweep(db: &mut AnyConnection, id: &str, now: Timestamp, until: Timestamp) -> Sql<bool> {
    let done = sqlx::query("update attempts set lease_until = $3 where id = $1 and lease_until <= $2")
        .bind(id)
        .bind(now)
        .bind(until)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
