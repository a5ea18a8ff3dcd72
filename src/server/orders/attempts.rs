//! Attempts: one try at paying one order.

use super::watch::WEBHOOK_MAY_TAKE_MS;
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
        came_back: row.try_get::<Option<i64>, _>("came_back_at")?.is_some(),
        opened_at: row.try_get("opened_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}

pub async fn insert(db: &mut AnyConnection, attempt: &Attempt) -> Sql<()> {
    sqlx::query(
        "insert into attempts (id, order_id, provider, method, state, amount_minor, currency, contact, language,
                               lease_until, seen_at, opened_at, expires_at, look_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, $12)",
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
    .bind(attempt.opened_at + WEBHOOK_MAY_TAKE_MS)
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

/// By the provider's name for its payment.
pub async fn by_payment(db: &mut AnyConnection, provider: ProviderName, payment: &str) -> Sql<Option<Attempt>> {
    let row = sqlx::query("select * from attempts where provider = $1 and payment = $2")
        .bind(provider.code())
        .bind(payment)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(attempt).transpose()
}

/// Counts that the provider is asked for this attempt's page; the answer is how often it was asked before.
pub async fn count_asking(db: &mut AnyConnection, id: &str) -> Sql<i64> {
    let row = sqlx::query("update attempts set asked = asked + 1 where id = $1 returning asked")
        .bind(id)
        .fetch_one(db)
        .await?;
    Ok(row.try_get::<i64, _>("asked")? - 1)
}

/// An order's attempts, oldest first.
pub async fn of_order(db: &mut AnyConnection, order: &str) -> Sql<Vec<Attempt>> {
    let rows = sqlx::query("select * from attempts where order_id = $1 order by opened_at, id")
        .bind(order)
        .fetch_all(db)
        .await?;
    rows.iter().map(attempt).collect()
}

/// Stores the provider's answer: the attempt is open, and its stock kept until `expires_at`. `false` when it no longer
/// was opening.
pub async fn store_page(
    db: &mut AnyConnection,
    id: &str,
    session: &str,
    page_url: &str,
    expires_at: Timestamp,
) -> Sql<bool> {
    let done = sqlx::query(
        "update attempts set state = 'open', session = $2, page_url = $3, lease_until = 0, expires_at = $4
         where id = $1 and state = 'opening'",
    )
    .bind(id)
    .bind(session)
    .bind(page_url)
    .bind(expires_at)
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

/// What a look-up saw that the shopper still has to do, for the page. Until when the stock waits is for the notice to say:
/// it may be settled this very moment.
pub async fn show_instructions(db: &mut AnyConnection, id: &str, instructions: &Instructions) -> Sql<()> {
    sqlx::query("update attempts set instructions = $2 where id = $1 and state in ('open', 'declined')")
        .bind(id)
        .bind(text(instructions)?)
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
    sqlx::query("update attempts set instructions = $2 where id = $1")
        .bind(id)
        .bind(instructions.map(text).transpose()?)
        .execute(&mut *db)
        .await?;
    extend(db, id, expires_at).await
}

fn text(instructions: &Instructions) -> Sql<String> {
    serde_json::to_string(instructions).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Keeps the stock for an attempt until `expires_at`.
pub async fn extend(db: &mut AnyConnection, id: &str, expires_at: Timestamp) -> Sql<()> {
    sqlx::query("update attempts set expires_at = $2 where id = $1").bind(id).bind(expires_at).execute(db).await?;
    Ok(())
}

/// The browser came back from an open attempt's page, the first time: its stock is kept until `expires_at`.
pub async fn came_back(db: &mut AnyConnection, id: &str, now: Timestamp, expires_at: Timestamp) -> Sql<()> {
    sqlx::query(
        "update attempts set came_back_at = $2, expires_at = $3
         where id = $1 and state = 'open' and came_back_at is null",
    )
    .bind(id)
    .bind(now)
    .bind(expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// What the last look-up said.
pub async fn seen(db: &mut AnyConnection, id: &str) -> Sql<Option<String>> {
    let row = sqlx::query("select seen_stage from attempts where id = $1").bind(id).fetch_optional(db).await?;
    row.map_or(Ok(None), |row| row.try_get("seen_stage"))
}

/// Live attempts whose time is over, or whose order no longer needs them.
pub async fn to_sweep(db: &mut AnyConnection, now: Timestamp, limit: i64) -> Sql<Vec<Attempt>> {
    let rows = sqlx::query(
        "select a.* from attempts a join orders o on o.id = a.order_id
         where a.state in ('opening', 'open', 'authorised', 'declined')
           and (a.expires_at <= $1 or o.state not in ('awaiting_payment', 'needs_review')
                or exists (select 1 from attempts paid where paid.order_id = a.order_id and paid.state = 'paid'))
           and a.lease_until <= $1
         order by a.expires_at limit $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(attempt).collect()
}

/// What has been paid for an order, over all its attempts, in its currency's minor units.
pub async fn paid_minor(db: &mut AnyConnection, order: &str) -> Sql<i64> {
    let row = sqlx::query(
        "select cast(coalesce(sum(amount_minor), 0) as bigint) as sum from attempts
         where order_id = $1 and state = 'paid'",
    )
    .bind(order)
    .fetch_one(db)
    .await?;
    row.try_get("sum")
}
