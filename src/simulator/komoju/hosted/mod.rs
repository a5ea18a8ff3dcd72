//! The hosted pages: where the customer chooses a method and pays. Plain HTML that works without JavaScript.

mod card;
mod frame;
mod slip;
mod wallet;
mod words;

use super::methods::Method;
use super::model::{PaymentStatus, SessionStatus};
use super::pay::{self, Outcome};
use crate::simulator::page::html::{escape, see_other};
use crate::simulator::state::App;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use frame::Visit;
use std::collections::BTreeMap;
use words::Language;

/// A form's fields, or a query's.
type Fields = BTreeMap<String, String>;

pub fn router() -> Router<App> {
    Router::new()
        .route("/komoju/sessions/{id}", get(show))
        .route("/komoju/sessions/{id}/credit_card", get(show_card).post(card::submit))
        .route("/komoju/sessions/{id}/konbini", get(show_konbini).post(slip::submit_konbini))
        .route("/komoju/sessions/{id}/bank_transfer", get(show_transfer).post(slip::submit_transfer))
        .route("/komoju/sessions/{id}/paypay", get(show_paypay).post(wallet::enter))
        .route("/komoju/sessions/{id}/challenge", get(card::show_challenge).post(card::submit_challenge))
        .route("/komoju/sessions/{id}/wallet", get(wallet::show).post(wallet::leave))
        .route("/komoju/sessions/{id}/return", post(go_back))
        .route("/komoju/instructions/{payment}", get(show_instructions))
}

async fn show(State(app): State<App>, Path(id): Path<String>, Query(query): Query<Fields>) -> Response {
    let visit = match enter(&app, &id, &query) {
        Ok(visit) => visit,
        Err(ended) => return *ended,
    };
    match visit.session.methods.as_slice() {
        [only] => form(&visit, *only, None),
        _ => list(&visit),
    }
}

async fn show_card(app: State<App>, id: Path<String>, query: Query<Fields>) -> Response {
    show_form(app, id, query, Method::CreditCard)
}

async fn show_konbini(app: State<App>, id: Path<String>, query: Query<Fields>) -> Response {
    show_form(app, id, query, Method::Konbini)
}

async fn show_transfer(app: State<App>, id: Path<String>, query: Query<Fields>) -> Response {
    show_form(app, id, query, Method::BankTransfer)
}

async fn show_paypay(app: State<App>, id: Path<String>, query: Query<Fields>) -> Response {
    show_form(app, id, query, Method::PayPay)
}

fn show_form(app: State<App>, id: Path<String>, query: Query<Fields>, method: Method) -> Response {
    match enter(&app, &id, &query) {
        Ok(visit) if visit.session.methods.contains(&method) => form(&visit, method, None),
        Ok(visit) => see_other(&visit.address("")),
        Err(ended) => *ended,
    }
}

/// The form of one method, with what was wrong with the last try.
fn form(visit: &Visit, method: Method, problem: Option<&str>) -> Response {
    match method {
        Method::CreditCard => card::form(visit, &Fields::new(), problem),
        Method::Konbini => slip::konbini_form(visit, &Fields::new(), problem),
        Method::BankTransfer => slip::transfer_form(visit, &Fields::new(), problem),
        Method::PayPay => wallet::form(visit, problem),
    }
}

fn list(visit: &Visit) -> Response {
    let item = |method: &Method| {
        let (name, address) = (visit.language.method(*method), visit.address(method.code()));
        format!("<li><a href=\"{address}\">{name}</a></li>\n")
    };
    let items: String = visit.session.methods.iter().map(item).collect();
    let content = format!("<ul class=\"methods\">{items}</ul>");
    visit.page(StatusCode::OK, visit.words().choose, None, &content)
}

/// The customer presses "Return to merchant", paid or not.
async fn go_back(State(app): State<App>, Path(id): Path<String>, Query(query): Query<Fields>) -> Response {
    app.change(|world| pay::go_back(world, &id));
    match look(&app, &id, &query) {
        Some(visit) => see_other(&visit.session.way_back().unwrap_or_else(|| visit.address(""))),
        None => frame::unknown(language(&query, "en")),
    }
}

/// The address that a slip names: the same page as its session's.
async fn show_instructions(State(app): State<App>, Path(id): Path<String>) -> Response {
    match app.read(|state| state.komoju.payment(&id).map(|payment| payment.session.clone())) {
        Some(session) => see_other(&format!("/komoju/sessions/{session}")),
        None => frame::unknown(Language::En),
    }
}

fn look(app: &App, id: &str, query: &Fields) -> Option<Visit> {
    app.read(|state| {
        let session = state.komoju.session(id)?.clone();
        let payment = state.komoju.payment_of(&session).cloned();
        let language = language(query, &session.locale);
        Some(Visit { session, payment, language, now: app.now() })
    })
}

fn language(query: &Fields, locale: &str) -> Language {
    Language::choose(query.get("locale").map(String::as_str), locale)
}

/// The visit if the session is open; otherwise the page that says how it ended.
fn enter(app: &App, id: &str, query: &Fields) -> Result<Visit, Box<Response>> {
    let visit = look(app, id, query).ok_or_else(|| Box::new(frame::unknown(language(query, "en"))))?;
    if visit.session.is_open(visit.now) { Ok(visit) } else { Err(Box::new(ended(&visit))) }
}

fn ended(visit: &Visit) -> Response {
    let words = visit.words();
    let (title, note) = match (visit.session.status, visit.payment.as_ref().map(|payment| payment.status)) {
        (
            SessionStatus::Completed,
            Some(PaymentStatus::Authorized | PaymentStatus::Expired | PaymentStatus::Cancelled),
        ) => {
            return slip::instructions(visit);
        }
        (SessionStatus::Completed, _) => (words.paid, words.paid_note),
        (SessionStatus::Cancelled, _) => (words.cancelled, words.cancelled_note),
        (SessionStatus::Pending, _) => (words.expired, words.expired_note),
    };
    let status = if visit.session.status == SessionStatus::Completed { StatusCode::OK } else { StatusCode::GONE };
    let method = visit.payment.as_ref().map(|payment| payment.details.method());
    visit.page(status, title, method, &format!("<p>{note}</p>"))
}

/// Where the browser goes after a form: to the shop when the money was taken, to the slip, to the card's bank, or back
/// to the form with what went wrong. A second click on "Pay" finds the session closed and goes where the first one went.
fn after(
    app: &App,
    id: &str,
    query: &Fields,
    outcome: Outcome,
    retry: impl FnOnce(&Visit, &str) -> Response,
) -> Response {
    let Some(visit) = look(app, id, query) else { return frame::unknown(language(query, "en")) };
    match outcome {
        Outcome::Declined(decline) => {
            let problem = format!("{} {}", decline.message(), visit.words().try_again);
            retry(&visit, &problem)
        }
        Outcome::Challenge => see_other(&visit.address("challenge")),
        Outcome::Done | Outcome::Closed => {
            let slip = visit.payment.as_ref().is_none_or(slip::is_slip);
            let to_shop =
                visit.session.way_back().filter(|_| visit.session.status == SessionStatus::Completed && !slip);
            see_other(&to_shop.unwrap_or_else(|| visit.address("")))
        }
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}

/// A labelled input. `more` are further attributes as HTML.
fn input(id: &str, label: &str, value: &str, more: &str) -> String {
    let value = escape(value);
    format!(
        "<div><label for=\"{id}\">{label}</label><input id=\"{id}\" name=\"{id}\" value=\"{value}\" {more}></div>\n"
    )
}
