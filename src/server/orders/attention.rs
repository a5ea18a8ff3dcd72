//! What a person should look at: one line for each, newest first.

use super::{Sql, money};
use crate::domain::{ProviderName, Timestamp};
use sqlx::{AnyConnection, Row};

const MONTH_MS: Timestamp = 30 * 24 * 3_600_000;

/// Orders that do not add up, with why.
pub async fn under_review(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select o.id, j.detail from orders o join journal j on j.order_id = o.id
         where o.state = 'needs_review' and j.what = 'order.needs_review' order by j.at desc limit 50",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok(format!("{}  {}", text(row, "id")?, text(row, "detail")?))).collect()
}

/// Orders whose card is held for a capture.
pub async fn held_cards(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select a.order_id, a.provider, a.session from attempts a join orders o on o.id = a.order_id
         where a.state = 'authorised' and a.instructions is null and o.state = 'awaiting_payment'
         order by a.opened_at desc limit 50",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| Ok(format!("{}  {} {}", text(row, "order_id")?, text(row, "provider")?, text(row, "session")?)))
        .collect()
}

/// Notices that were given up.
pub async fn dead_letters(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select provider, event, coalesce(session, '') as subject, outcome from inbox
         where state = 'dead' order by received_at desc limit 50",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let (provider, event) = (text(row, "provider")?, text(row, "event")?);
            Ok(format!("{provider} {event} {}: {}", text(row, "subject")?, text(row, "outcome")?))
        })
        .collect()
}

/// Attempts that still wait although somebody was told that a look-up says more than any webhook.
pub async fn missing_webhooks(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select order_id, provider, session, seen_stage, seen_since from attempts
         where state in ('open', 'authorised', 'declined') and alarmed_at is not null and seen_stage <> state
         order by alarmed_at desc limit 50",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let (order, provider, session) = (text(row, "order_id")?, text(row, "provider")?, text(row, "session")?);
            let what = if text(row, "seen_stage")? == "paid" { "paid" } else { "promised" };
            Ok(format!("{order}  {provider} {session}: {what} there, seen first at {}", time(row, "seen_since")?))
        })
        .collect()
}

/// Refunds whose answer was lost.
pub async fn unknown_refunds(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select r.*, a.provider from asked_refunds r join attempts a on a.id = r.attempt
         where r.state = 'asked' and r.outcome <> '' order by r.asked_at desc limit 50",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok(format!("{}: {}", asked_refund(row)?, text(row, "outcome")?))).collect()
}

/// Refunds that the provider has made before `before` and no webhook has told of; of the last month.
pub async fn untold_refunds(db: &mut AnyConnection, before: Timestamp) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select r.*, a.provider from asked_refunds r join attempts a on a.id = r.attempt
         where r.state = 'made' and r.asked_at <= $1 and r.asked_at > $2 order by r.asked_at desc limit 50",
    )
    .bind(before)
    .bind(before - MONTH_MS)
    .fetch_all(db)
    .await?;
    rows.iter().map(asked_refund).collect()
}

/// `N-7K3QX-2MFAB  komoju ¥1,200, asked for at 2026-11-21 08:30 UTC`
fn asked_refund(row: &sqlx::any::AnyRow) -> Sql<String> {
    let (order, provider, amount) = (text(row, "order_id")?, text(row, "provider")?, money(row, "amount_minor")?);
    Ok(format!("{order}  {provider} {amount}, asked for at {}", time(row, "asked_at")?))
}

/// What shoppers' banks have taken back since.
pub async fn chargebacks(db: &mut AnyConnection, since: Timestamp) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select * from refunds where chargeback = 1 and refunded_at >= $1 order by refunded_at desc limit 50",
    )
    .bind(since)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let (order, provider, refund) = (text(row, "order_id")?, text(row, "provider")?, text(row, "refund")?);
            Ok(format!("{order}  {provider} {refund}: {}, {}", money(row, "amount_minor")?, time(row, "refunded_at")?))
        })
        .collect()
}

/// Attempts of a provider that cannot be asked, which ended since without a word.
pub async fn unheard(db: &mut AnyConnection, provider: ProviderName, since: Timestamp) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select a.order_id, a.session from attempts a
         where a.provider = $1 and a.state = 'expired' and a.session is not null and a.opened_at >= $2
         order by a.opened_at desc limit 50",
    )
    .bind(provider.code())
    .bind(since)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok(format!("{}  {}", text(row, "order_id")?, text(row, "session")?))).collect()
}

/// Orders whose payment was not divided among the sellers as it was asked for.
pub async fn divided_otherwise(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select order_id, detail from journal where what = 'order.divided_otherwise' order by at desc limit 50",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok(format!("{}  {}", text(row, "order_id")?, text(row, "detail")?))).collect()
}

/// The last webhook of each provider that has sent any, a ping among them.
pub async fn last_heard(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let mut lines = Vec::new();
    for provider in ProviderName::ALL {
        let row = sqlx::query(
            "select event, received_at from inbox where provider = $1 order by received_at desc, id desc limit 1",
        )
        .bind(provider.code())
        .fetch_optional(&mut *db)
        .await?;
        if let Some(row) = row {
            let at = time(&row, "received_at")?;
            lines.push(format!("{}: {}, {at}", provider.title(), text(&row, "event")?));
        }
    }
    Ok(lines)
}

/// `2026-11-21 08:30 UTC`
fn time(row: &sqlx::any::AnyRow, column: &str) -> Sql<String> {
    let at = row.try_get::<Option<i64>, _>(column)?.map(jiff::Timestamp::from_millisecond);
    Ok(at.and_then(Result::ok).map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default())
}

fn text(row: &sqlx::any::AnyRow, column: &str) -> Sql<String> {
    Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default())
}
