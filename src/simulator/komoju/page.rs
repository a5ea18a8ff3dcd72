//! KOMOJU's part of the page for people: how to connect, and the sessions with what can be done to each.

use super::actions::Action;
use super::currency;
use super::model::{Payment, PaymentStatus, Session, SessionStatus};
use crate::domain::Timestamp;
use crate::simulator::page::html::{Rows, escape};
use crate::simulator::state::State;
use crate::simulator::times;

pub fn connection(state: &State, base_url: &str) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("API", format!("{base_url}/komoju/api/v1")),
        ("Payment pages", format!("{base_url}/komoju/sessions/…")),
        ("Secret key", state.komoju.secret_key.clone()),
    ];
    lines.extend(state.komoju.webhook_secrets.iter().map(|secret| ("Webhook secret", secret.clone())));
    lines
}

pub fn sessions(state: &State, base_url: &str, now: Timestamp) -> Rows {
    let komoju = &state.komoju;
    Rows::of(&komoju.sessions, |session| row(session, komoju.payment_of(session), base_url, now))
}

fn row(session: &Session, payment: Option<&Payment>, base_url: &str, now: Timestamp) -> String {
    let (status, class) = match session.status {
        SessionStatus::Pending if session.is_expired(now) => ("expired", "bad"),
        SessionStatus::Pending => ("open", "wait"),
        SessionStatus::Completed => ("completed", "good"),
        SessionStatus::Cancelled => ("cancelled", "bad"),
    };
    let order = session.external_order_num.as_deref().unwrap_or("no order number");
    format!(
        "<li><div><strong class=\"number\">{}</strong> <span class=\"mark {class}\">{status}</span> {}<br>\
         <span class=\"soft small\"><a href=\"{}?locale=en\">Payment page</a> · {} · {}{}</span></div>{}</li>\n",
        currency::display(session.amount, &session.currency),
        payment.map(mark).unwrap_or_default(),
        super::page_url(base_url, &session.id),
        escape(order),
        times::readable(session.created_at),
        payment.map(remarks).unwrap_or_default(),
        payment.map(buttons).unwrap_or_default()
    )
}

fn mark(payment: &Payment) -> String {
    let class = match payment.status {
        PaymentStatus::Captured => "good",
        PaymentStatus::Pending | PaymentStatus::Authorized => "wait",
        PaymentStatus::Refunded | PaymentStatus::Cancelled | PaymentStatus::Expired | PaymentStatus::Failed => "bad",
    };
    let method = payment.details.method().name_en();
    format!("<span class=\"mark {class}\">{method}: {}</span>", payment.status.code())
}

fn remarks(payment: &Payment) -> String {
    let mut remarks = String::new();
    if payment.status == PaymentStatus::Authorized {
        remarks.push_str(&format!(" · to be paid until {}", times::readable(payment.deadline)));
    }
    if payment.refunded() > 0 {
        remarks.push_str(&format!(" · {} given back", currency::display(payment.refunded(), &payment.currency)));
    }
    let waiting = payment.refund_requests.iter().filter(|request| request.status == "pending").count();
    if waiting > 0 {
        remarks.push_str(&format!(" · refund requests: {waiting}"));
    }
    remarks
}

fn buttons(payment: &Payment) -> String {
    let button = |action: Action| {
        let name = action.button(payment)?;
        // Refunds alone take an amount; an empty field is all that is left.
        let amount = match action {
            Action::Refund => format!(
                "<input name=\"amount\" class=\"short\" inputmode=\"numeric\" placeholder=\"{}\" \
                 aria-label=\"Amount to refund in the smallest unit; all when empty\">",
                payment.left()
            ),
            _ => String::new(),
        };
        let address = format!("/actions/payments/{}/{}", payment.id, action.code());
        Some(format!(
            "<form method=\"post\" action=\"{address}\" class=\"row\">{amount}<button class=\"quiet\">{name}</button></form>\n"
        ))
    };
    let buttons: String = Action::ALL.into_iter().filter_map(button).collect();
    format!("<div class=\"row actions\">{buttons}</div>")
}
