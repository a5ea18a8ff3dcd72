//! BPC's part of the page for people: how to connect, and the sessions with what can be done to each.

use super::actions::Action;
use super::model::{Payment, PaymentStatus, Session, SessionStatus};
use crate::domain::Timestamp;
use crate::simulator::page::html::{Rows, escape};
use crate::simulator::state::State;
use crate::simulator::times;

pub fn connection(state: &State, base_url: &str) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("API", format!("{base_url}/bpc/api2")),
        ("Payment pages", format!("{base_url}/bpc/payment/merchants/test/payment.html?mdOrder=…")),
        ("API key", state.bpc.api_key.clone()),
    ];
    lines.extend(state.bpc.webhook_secrets.iter().map(|secret| ("Webhook secret", secret.clone())));
    lines
}

pub fn sessions(state: &State, _base_url: &str, now: Timestamp) -> Rows {
    Rows::of(&state.bpc.sessions, |session| row(session, state.bpc.payment_of(session), now))
}

fn row(session: &Session, payment: Option<&Payment>, now: Timestamp) -> String {
    let class = match session.status {
        SessionStatus::Open => "wait",
        SessionStatus::Completed => "good",
        SessionStatus::Expired => "bad",
    };
    let refunded = payment.map_or(0, |payment| payment.refunded);
    let given_back = match refunded {
        0 => String::new(),
        refunded => format!(" · {} given back", super::display(refunded, &session.currency)),
    };
    format!(
        "<li><div><strong class=\"number\">{}</strong> <span class=\"mark {class}\">{}</span> {}<br>\
         <span class=\"soft small\"><a href=\"{}\">Payment page</a> · {} · {}{given_back}</span></div>{}</li>\n",
        super::display(session.amount, &session.currency),
        session.status.code(),
        payment.map(mark).unwrap_or_default(),
        session.payment_url,
        escape(&session.merchant_reference),
        times::readable(session.created_at),
        buttons(session, payment, now)
    )
}

fn mark(payment: &Payment) -> String {
    let class = match payment.status {
        PaymentStatus::Succeeded => "good",
        PaymentStatus::RequiresPaymentMethod | PaymentStatus::RequiresAction | PaymentStatus::RequiresCapture => "wait",
        PaymentStatus::Failed | PaymentStatus::Canceled => "bad",
    };
    format!("<span class=\"mark {class}\">{}</span>", payment.status.code())
}

fn buttons(session: &Session, payment: Option<&Payment>, now: Timestamp) -> String {
    let button = |action: Action| {
        let name = action.button(session, payment, now)?;
        // Refunds alone take an amount here; an empty field is all that is left.
        let amount = match action {
            Action::Refund => format!(
                "<input name=\"amount\" class=\"short\" inputmode=\"numeric\" placeholder=\"{}\" \
                 aria-label=\"Amount to refund in the smallest unit; all when empty\">",
                payment.map_or(0, Payment::left)
            ),
            Action::Capture | Action::Expire | Action::Fail => String::new(),
        };
        let address = format!("/actions/bpc/{}/{}", session.id, action.code());
        Some(format!(
            "<form method=\"post\" action=\"{address}\" class=\"row\">{amount}<button class=\"quiet\">{name}</button></form>\n"
        ))
    };
    let buttons: String = Action::ALL.into_iter().filter_map(button).collect();
    format!("<div class=\"row actions\">{buttons}</div>")
}
