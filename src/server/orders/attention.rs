//! What a person should look at: one line for each, newest first.

use super::Sql;
use crate::domain::{ProviderName, Timestamp};
use sqlx::{AnyConnection, Row};

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

/// Orders that still wait although a look-up said paid.
pub async fn missing_webhooks(db: &mut AnyConnection) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select o.id, a.provider, a.session from orders o join attempts a on a.order_id = o.id
         where o.state = 'awaiting_payment' and a.seen_stage = 'paid' and a.state <> 'paid'
         order by a.opened_at desc limit 50",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| Ok(format!("{}  {} {}", text(row, "id")?, text(row, "provider")?, text(row, "session")?)))
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
            let at = jiff::Timestamp::from_millisecond(row.try_get("received_at")?);
            let at = at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
            lines.push(format!("{}: {}, {at}", provider.title(), text(&row, "event")?));
        }
    }
    Ok(lines)
}

fn text(row: &sqlx::any::AnyRow, column: &str) -> Sql<String> {
    Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default())
}
