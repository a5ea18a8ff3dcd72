//! A wallet: its page is elsewhere, so a test page stands for it, on which the tester decides how it ends.

use super::frame::Visit;
use super::{Fields, after, enter as enter_session, field, form as method_form};
use crate::simulator::komoju::methods::Method;
use crate::simulator::komoju::model::{Details, PaymentStatus};
use crate::simulator::komoju::pay::{self, Outcome};
use crate::simulator::page::html::see_other;
use crate::simulator::state::App;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

pub fn form(visit: &Visit, problem: Option<&str>) -> Response {
    let content = format!(
        "{}{}<form method=\"post\" action=\"{}\"><button>{}</button></form>\n{}",
        visit.alert(problem),
        visit.remarks(Method::PayPay),
        visit.address("paypay"),
        visit.words().to_wallet,
        visit.other_method()
    );
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.page(status, visit.language.method(Method::PayPay), Some(Method::PayPay), &content)
}

pub async fn enter(State(app): State<App>, Path(id): Path<String>, Query(query): Query<Fields>) -> Response {
    let visit = match enter_session(&app, &id, &query) {
        Ok(visit) if visit.session.methods.contains(&Method::PayPay) => visit,
        Ok(visit) => return see_other(&visit.address("")),
        Err(_) => return after(&app, &id, &query, Outcome::Closed, |visit, _| form(visit, None)),
    };
    let redirect_url = format!("{}/komoju/sessions/{id}/wallet", app.base_url);
    let details = Details::PayPay { email: visit.session.email.clone(), redirect_url, external_payment_id: None };
    app.change(|world| pay::enter_wallet(world, &id, details));
    see_other(&visit.address("wallet"))
}

pub async fn show(State(app): State<App>, Path(id): Path<String>, Query(query): Query<Fields>) -> Response {
    let visit = match enter_session(&app, &id, &query) {
        Ok(visit) if is_at_wallet(&visit) => visit,
        Ok(visit) => return see_other(&visit.address("")),
        Err(ended) => return *ended,
    };
    let button = |outcome: &str, class: &str, text: &str| {
        format!("<button name=\"outcome\" value=\"{outcome}\" class=\"{class}\">{text}</button>\n")
    };
    let content = format!(
        "<p>The wallet's own page would be here. Choose how it ends.</p>\n\
         <form method=\"post\" action=\"{}\">{}{}{}</form>",
        visit.address("wallet"),
        button("capture", "", "Capture"),
        button("fail", "quiet", "Fail"),
        button("cancel", "quiet", "Cancel")
    );
    visit.page(StatusCode::OK, "Off-site test page", Some(Method::PayPay), &content)
}

/// Fail is a declined try and an event; Cancel only leads back to the hosted page.
pub async fn leave(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Fields>,
    Form(typed): Form<Fields>,
) -> Response {
    let visit = match enter_session(&app, &id, &query) {
        Ok(visit) if is_at_wallet(&visit) => visit,
        Ok(visit) => return see_other(&visit.address("")),
        Err(_) => return after(&app, &id, &query, Outcome::Closed, |visit, _| form(visit, None)),
    };
    let words = visit.words();
    match field(&typed, "outcome") {
        "capture" => {
            let outcome = app.change(|world| pay::leave_wallet(world, &id, true));
            after(&app, &id, &query, outcome, |visit, _| form(visit, Some(words.wallet_failed)))
        }
        "fail" => {
            let outcome = app.change(|world| pay::leave_wallet(world, &id, false));
            after(&app, &id, &query, outcome, |visit, _| form(visit, Some(words.wallet_failed)))
        }
        _ => method_form(&visit, Method::PayPay, Some(words.wallet_left)),
    }
}

fn is_at_wallet(visit: &Visit) -> bool {
    let waits = |status| matches!(status, PaymentStatus::Pending | PaymentStatus::Failed);
    visit.payment.as_ref().is_some_and(|payment| payment.details.method() == Method::PayPay && waits(payment.status))
}
