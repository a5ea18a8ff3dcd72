//! The card form, and the page on which the card's bank asks for a password.

use super::frame::Visit;
use super::words::fill;
use super::{Fields, after, enter, field, input};
use crate::simulator::komoju::methods::Method;
use crate::simulator::komoju::model::Details;
use crate::simulator::komoju::{cards, currency, pay};
use crate::simulator::page::html::see_other;
use crate::simulator::state::App;
use crate::simulator::times;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

/// The form, with the name and expiry of the last try; number and CVC are never sent back.
pub fn form(visit: &Visit, typed: &Fields, problem: Option<&str>) -> Response {
    let words = visit.words();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let amount = currency::display(visit.session.amount, &visit.session.currency);
    let name = typed.get("card_name").map(String::as_str).or(visit.session.name.as_deref()).unwrap_or_default();
    let content = format!(
        "{}<form method=\"post\" action=\"{}\">\n{}{}<div class=\"pair\">{}{}</div>\n<button>{}</button></form>\n{}",
        visit.alert(problem),
        visit.address("credit_card"),
        input(
            "card_number",
            words.card_number,
            "",
            "required inputmode=\"numeric\" autocomplete=\"cc-number\" maxlength=\"30\""
        ),
        input("card_name", words.card_name, name, "required autocomplete=\"cc-name\" maxlength=\"100\""),
        input(
            "expiry",
            words.expiry,
            field(typed, "expiry"),
            "required inputmode=\"numeric\" autocomplete=\"cc-exp\" placeholder=\"12/30\" maxlength=\"9\""
        ),
        input("cvc", words.cvc, "", "required inputmode=\"numeric\" autocomplete=\"cc-csc\" maxlength=\"4\""),
        fill(words.pay, &amount),
        visit.other_method()
    );
    visit.page(status, visit.language.method(Method::CreditCard), Some(Method::CreditCard), &content)
}

pub async fn submit(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Fields>,
    Form(typed): Form<Fields>,
) -> Response {
    let visit = match enter(&app, &id, &query) {
        Ok(visit) if visit.session.methods.contains(&Method::CreditCard) => visit,
        Ok(visit) => return see_other(&visit.address("")),
        // The second click on "Pay" goes where the first one went.
        Err(_) => return after(&app, &id, &query, pay::Outcome::Closed, |visit, _| form(visit, &typed, None)),
    };
    match read(&visit, &typed) {
        Err(problem) => form(&visit, &typed, Some(problem)),
        Ok((card, details)) => {
            let outcome = app.change(|world| pay::card(world, &id, card, details));
            after(&app, &id, &query, outcome, |visit, problem| form(visit, &typed, Some(problem)))
        }
    }
}

/// The card and what is kept of it, or what to correct. A mistake in the form is not a try: it causes no event.
fn read(visit: &Visit, typed: &Fields) -> Result<(&'static cards::Card, Details), &'static str> {
    let words = visit.words();
    let number = field(typed, "card_number");
    let card = cards::find(number).ok_or(words.check_number)?;
    if field(typed, "card_name").is_empty() {
        return Err(words.check_name);
    }
    let (month, year) = read_expiry(field(typed, "expiry")).ok_or(words.check_expiry)?;
    if (year, month) < times::year_and_month(visit.now) {
        return Err(words.check_expiry);
    }
    let cvc = field(typed, "cvc");
    if cards::digits(cvc).len() != cvc.chars().count() || !(3..=4).contains(&cvc.chars().count()) {
        return Err(words.check_cvc);
    }
    Ok((card, cards::details(number, month, year, visit.session.email.clone())))
}

/// `8/30`, `08/2030`, `08 / 30` → (8, 2030)
fn read_expiry(typed: &str) -> Option<(i64, i64)> {
    let (month, year) = typed.split_once(['/', '／'])?;
    let (month, year) = (cards::digits(month).parse::<i64>().ok()?, cards::digits(year).parse::<i64>().ok()?);
    let year = if year < 100 { 2_000 + year } else { year };
    ((1..=12).contains(&month) && year < 2_100).then_some((month, year))
}

pub async fn show_challenge(State(app): State<App>, Path(id): Path<String>, Query(query): Query<Fields>) -> Response {
    let visit = match enter(&app, &id, &query) {
        Ok(visit) if visit.session.challenge.is_some() => visit,
        Ok(visit) => return see_other(&visit.address("")),
        Err(ended) => return *ended,
    };
    let words = visit.words();
    let content = format!(
        "<p>{}</p>\n<form method=\"post\" action=\"{}\">\n{}<button>{}</button></form>",
        words.challenge_note,
        visit.address("challenge"),
        input("password", words.password, "", "type=\"password\" required autocomplete=\"off\" maxlength=\"20\""),
        words.submit_password
    );
    visit.page(StatusCode::OK, words.challenge, Some(Method::CreditCard), &content)
}

pub async fn submit_challenge(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Fields>,
    Form(typed): Form<Fields>,
) -> Response {
    let outcome = app.change(|world| pay::answer_challenge(world, &id, field(&typed, "password")));
    after(&app, &id, &query, outcome, |visit, problem| form(visit, &Fields::new(), Some(problem)))
}

#[cfg(test)]
mod tests {
    use super::read_expiry;

    #[test]
    fn an_expiry_is_read_as_people_type_it() {
        for typed in ["08/30", "8/30", "08 / 2030", "０８／３０"] {
            assert_eq!(read_expiry(typed), Some((8, 2030)), "{typed}");
        }
        for typed in ["", "0830", "13/30", "00/30", "08/", "08/20300"] {
            assert_eq!(read_expiry(typed), None, "{typed}");
        }
    }
}
