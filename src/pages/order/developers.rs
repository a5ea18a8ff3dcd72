//! What happened behind an order, for whoever integrates: attempts, notices, the journal.

use crate::pages::format::precisely;
use crate::server::order_view::{AttemptView, JournalEntry, NoticeView, OrderView};
use leptos::prelude::*;

pub fn details(order: OrderView) -> impl IntoView {
    view! {
        <details class="panel developers">
            <summary>"For developers"</summary>
            <dl class="facts">
                <div class="fact">
                    <dt>"Order state"</dt>
                    <dd data-testid="order-state">{order.state.code()}</dd>
                </div>
                <div class="fact">
                    <dt>"Fulfilments"</dt>
                    <dd data-testid="fulfilments">{order.fulfilments}</dd>
                </div>
            </dl>
            {attempts(order.attempts)}
            {notices(order.notices)}
            {journal(order.journal)}
            <p class="hint">"Times are UTC."</p>
        </details>
    }
}

fn attempts(attempts: Vec<AttemptView>) -> impl IntoView {
    let rows = attempts
        .into_iter()
        .map(|attempt| {
            vec![
                precisely(attempt.opened_at),
                format!("{}/{}", attempt.provider, attempt.method),
                attempt.state.to_owned(),
                attempt.seen.unwrap_or_default(),
                attempt.holds,
                attempt.session.unwrap_or_default(),
                precisely(attempt.expires_at),
            ]
        })
        .collect();
    table(
        "Attempts",
        "attempts",
        &["Opened", "Method", "State", "Last look-up", "Holds", "Session", "Stock kept until"],
        rows,
    )
}

fn notices(notices: Vec<NoticeView>) -> impl IntoView {
    let rows = notices
        .into_iter()
        .map(|notice| {
            vec![
                precisely(notice.received_at),
                notice.event,
                notice.state,
                notice.outcome,
                notice.tries.to_string(),
                notice.settled_at.map(precisely).unwrap_or_default(),
            ]
        })
        .collect();
    table(
        "Notices (verified webhooks)",
        "notices",
        &["Received", "Event", "State", "Outcome", "Tries", "Settled"],
        rows,
    )
}

fn journal(entries: Vec<JournalEntry>) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| vec![precisely(entry.at), entry.what, entry.detail]).collect();
    table("Journal", "journal", &["At", "What", "Detail"], rows)
}

fn table(
    caption: &'static str,
    test_id: &'static str,
    heads: &[&'static str],
    rows: Vec<Vec<String>>,
) -> impl IntoView {
    let heads = heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect_view();
    let rows = rows
        .into_iter()
        .map(|cells| {
            let cells = cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    // A region that scrolls must be reachable without a mouse.
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption>
            <table data-testid=test_id>
                <caption>{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
