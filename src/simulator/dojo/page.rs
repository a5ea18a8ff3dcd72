//! Dojo's part of the page for people: how to connect, and the intents with what can be done to each.

use super::actions::Action;
use super::model::{Intent, Status};
use super::money;
use crate::domain::Timestamp;
use crate::simulator::page::html::{Rows, escape};
use crate::simulator::state::State;
use crate::simulator::times;

pub fn connection(state: &State, base_url: &str) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("API", format!("{base_url}/dojo")),
        ("Payment pages", super::page_url(base_url, "…")),
        ("API key", state.dojo.api_key.clone()),
    ];
    lines.extend(state.dojo.webhook_secrets.iter().map(|secret| ("Webhook secret", secret.clone())));
    lines.extend(
        state
            .dojo
            .subscriptions
            .iter()
            .map(|one| ("Subscription", format!("{} to {}", one.events.join(", "), one.url))),
    );
    lines
}

pub fn sessions(state: &State, base_url: &str, _now: Timestamp) -> Rows {
    Rows::of(&state.dojo.intents, |intent| row(intent, base_url))
}

fn row(intent: &Intent, base_url: &str) -> String {
    let class = match intent.status {
        Status::Created | Status::Authorized => "wait",
        Status::Captured => "good",
        Status::Reversed | Status::Refunded | Status::Canceled => "bad",
    };
    let back = match intent.refunded() {
        0 => String::new(),
        refunded => format!(" · {} given back", money(refunded, &intent.currency)),
    };
    let buttons: String = Action::ALL.into_iter().filter_map(|action| button(action, intent)).collect();
    format!(
        "<li><div><strong class=\"number\">{}</strong> <span class=\"mark {class}\">{}</span><br>\
         <span class=\"soft small\"><a href=\"{}\">Payment page</a> · {} · {}{back}</span></div>\
         <div class=\"row actions\">{buttons}</div></li>\n",
        money(intent.total(), &intent.currency),
        intent.status.code(),
        super::page_url(base_url, &intent.id),
        escape(&intent.reference),
        times::readable(intent.created_at),
    )
}

fn button(action: Action, intent: &Intent) -> Option<String> {
    let name = action.button(intent)?;
    // Refunds alone take an amount; an empty field is all that is left.
    let amount = match action {
        Action::Refund => format!(
            "<input name=\"amount\" class=\"short\" inputmode=\"numeric\" placeholder=\"{}\" \
             aria-label=\"Amount to refund in the smallest unit; all when empty\">",
            intent.left()
        ),
        Action::Reverse | Action::Capture | Action::Expire | Action::Cancel => String::new(),
    };
    Some(format!(
        "<form method=\"post\" action=\"/actions/dojo/{}/{}\" class=\"row\">{amount}\
         <button class=\"quiet\">{name}</button></form>\n",
        intent.id,
        action.code()
    ))
}
