//! StableMint's part of the page for people: how to connect, and the sessions with what can be done to each.

use super::actions::Action;
use super::model::{Session, Status};
use crate::domain::Timestamp;
use crate::simulator::page::html::{Rows, escape};
use crate::simulator::state::State;
use crate::simulator::times;

/// Private keys stay in the state file: the page is no place to read them off.
pub fn connection(state: &State, base_url: &str) -> Vec<(&'static str, String)> {
    let mut lines =
        vec![("API", format!("{base_url}/stablemint")), ("Payment pages", format!("{base_url}/stablemint/checkout/…"))];
    if let Some(keys) = state.stablemint.keys() {
        lines.push(("API key", keys.api_key.clone()));
        lines.push(("API secret", keys.api_secret.clone()));
        lines.extend(keys.provider.iter().map(|key| ("Webhook key", key.public.clone())));
    }
    lines
}

pub fn sessions(state: &State, base_url: &str, now: Timestamp) -> Rows {
    Rows::of(&state.stablemint.sessions, |session| row(session, base_url, now))
}

fn row(session: &Session, base_url: &str, now: Timestamp) -> String {
    let class = match session.status {
        Status::Open | Status::Submitted => "wait",
        Status::Paid => "good",
        Status::Failed | Status::Left | Status::Expired => "bad",
    };
    format!(
        "<li><div><strong class=\"number\">{}</strong> <span class=\"mark {class}\">{}</span> \
         <span class=\"mark\">{}</span><br><span class=\"soft small\"><a href=\"{}\">Payment page</a> · {} · {}</span></div>\
         {}</li>\n",
        session.amount,
        session.status.code(),
        session.dialect.code(),
        super::page_url(base_url, &session.reference),
        escape(session.website_reference.as_deref().unwrap_or("no reference of the shop's")),
        times::readable(session.created_at),
        buttons(session, now)
    )
}

fn buttons(session: &Session, now: Timestamp) -> String {
    let button = |action: Action| {
        let name = action.button(session, now)?;
        let address = format!("/actions/stablemint/{}/{}", session.reference, action.code());
        Some(format!(
            "<form method=\"post\" action=\"{address}\" class=\"row\"><button class=\"quiet\">{name}</button></form>\n"
        ))
    };
    let buttons: String = Action::ALL.into_iter().filter_map(button).collect();
    format!("<div class=\"row actions\">{buttons}</div>")
}
