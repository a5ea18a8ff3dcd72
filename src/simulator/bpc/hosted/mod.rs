//! The payment page: card, the bank's question, the result with its link back. Plain HTML that works without JavaScript.

mod frame;

use super::cards::{self, Verdict};
use super::model::{Session, SessionStatus};
use super::page_path;
use super::pay::{self, Outcome};
use super::switches::{EXPIRED_BROWSER, RESULT_PAGE};
use crate::simulator::page::html::see_other;
use crate::simulator::state::App;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use frame::Visit;
use std::collections::BTreeMap;

/// A form's fields, or a query's.
type Fields = BTreeMap<String, String>;

pub fn router() -> Router<App> {
    Router::new()
        .route("/bpc/payment/merchants/test/payment.html", get(show))
        .route("/bpc/payment/{session}/pay", post(submit))
        .route("/bpc/payment/{session}/challenge", get(show_challenge).post(submit_challenge))
        .route("/bpc/payment/{session}/again", post(try_again))
}

/// The form, or how it ended: the address stays the same.
async fn show(State(app): State<App>, Query(query): Query<Fields>) -> Response {
    let Some(visit) = look(&app, field(&query, "mdOrder")) else { return frame::unknown() };
    if visit.session.challenge && visit.takes_cards() {
        return see_other(&visit.address("challenge"));
    }
    here(&app, &visit)
}

fn here(app: &App, visit: &Visit) -> Response {
    let session = &visit.session;
    if session.status == SessionStatus::Completed {
        return visit.paid();
    }
    if session.declined.is_some() {
        return visit.declined();
    }
    if visit.takes_cards() {
        return visit.form(&Fields::new(), None);
    }
    match app.read(|state| state.switches.is(&EXPIRED_BROWSER, "failure_url")) {
        true => see_other(&visit.back(false)),
        false => visit.expired(),
    }
}

async fn submit(State(app): State<App>, Path(id): Path<String>, Form(typed): Form<Fields>) -> Response {
    let Some(visit) = look(&app, &id) else { return frame::unknown() };
    let number = field(&typed, "pan");
    let verdict = match read(number, &typed) {
        Ok(verdict) => verdict,
        // A mistake in the form is not a try: it causes no event.
        Err(problem) if visit.takes_cards() => return visit.form(&typed, Some(problem)),
        Err(_) => return see_other(&page_path(&visit.session.order)),
    };
    let digits = cards::digits(number);
    let last_four = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default();
    let outcome = app.change(|world| pay::card(world, &visit.session.id, verdict, last_four));
    after(&app, &id, outcome)
}

fn read(number: &str, typed: &Fields) -> Result<Verdict, &'static str> {
    let (expiry, cvc) = (field(typed, "expiry"), field(typed, "cvc"));
    let verdict = cards::judge(number, expiry, cvc).ok_or("Check the card number.")?;
    cards::month_and_year(expiry).ok_or("Enter the expiry date as it is on the card: MM/YY.")?;
    if !(3..=4).contains(&cvc.len()) || cards::digits(cvc) != cvc {
        return Err("The CVC has three or four digits.");
    }
    Ok(verdict)
}

async fn show_challenge(State(app): State<App>, Path(id): Path<String>) -> Response {
    match look(&app, &id) {
        None => frame::unknown(),
        Some(visit) if visit.session.challenge && visit.takes_cards() => visit.challenge(),
        Some(visit) => see_other(&page_path(&visit.session.order)),
    }
}

async fn submit_challenge(State(app): State<App>, Path(id): Path<String>, Form(typed): Form<Fields>) -> Response {
    let passed = match field(&typed, "outcome") {
        "pass" => true,
        "fail" => false,
        _ => return see_other(&format!("/bpc/payment/{id}/challenge")),
    };
    let outcome = app.change(|world| pay::answer_challenge(world, &id, passed));
    after(&app, &id, outcome)
}

/// The customer wants to pay with another card after one was declined.
async fn try_again(State(app): State<App>, Path(id): Path<String>) -> Response {
    app.change(|world| {
        let now = world.now;
        let session = world.state.bpc.session_mut(&id);
        if let Some(session) = session.filter(|session| session.takes_cards(now)) {
            session.declined = None;
        }
    });
    look(&app, &id).map_or_else(frame::unknown, |visit| see_other(&page_path(&visit.session.order)))
}

/// Where the browser goes after a form. A second click on "Pay" finds the session closed and goes where the first one
/// went.
fn after(app: &App, id: &str, outcome: Outcome) -> Response {
    let Some(visit) = look(app, id) else { return frame::unknown() };
    let paid = visit.session.status == SessionStatus::Completed;
    let at_once = app.read(|state| state.switches.is(&RESULT_PAGE, "redirect"));
    match outcome {
        Outcome::Challenge => see_other(&visit.address("challenge")),
        Outcome::Done | Outcome::Declined | Outcome::Closed
            if at_once && (paid || visit.session.declined.is_some()) =>
        {
            see_other(&visit.back(paid))
        }
        Outcome::Done | Outcome::Declined | Outcome::Closed => see_other(&page_path(&visit.session.order)),
    }
}

fn look(app: &App, id: &str) -> Option<Visit> {
    app.read(|state| {
        let session: Session = state.bpc.session(id)?.clone();
        Some(Visit { session, switches: state.switches.clone(), now: app.now() })
    })
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}
