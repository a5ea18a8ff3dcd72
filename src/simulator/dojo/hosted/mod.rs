//! The hosted page: where the customer pays, and the page on which the card's bank asks. Plain HTML that works without
//! JavaScript.

mod frame;

use super::cards;
use super::model::{Intent, Tried};
use super::pay::{self, Outcome};
use super::read::property;
use super::switches::RETURN_PARAMETER;
use crate::simulator::page::html::see_other;
use crate::simulator::state::App;
use crate::simulator::{ids, times};
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::get;
use std::collections::BTreeMap;

/// A form's fields.
type Fields = BTreeMap<String, String>;

pub fn router() -> Router<App> {
    Router::new()
        .route("/dojo/checkout/{id}", get(show))
        .route("/dojo/checkout/{id}/pay", get(go_to_form).post(submit))
        .route("/dojo/checkout/{id}/wallet", get(go_to_form).post(submit_wallet))
        .route("/dojo/checkout/{id}/challenge", get(show_challenge).post(submit_challenge))
}

async fn show(State(app): State<App>, Path(id): Path<String>) -> Response {
    match enter(&app, &id) {
        Ok(intent) => frame::form(&intent, &Fields::new(), None),
        Err(ended) => *ended,
    }
}

/// For whoever reloads the page after a form.
async fn go_to_form(Path(id): Path<String>) -> Response {
    see_other(&frame::address(&id, ""))
}

async fn submit(State(app): State<App>, Path(id): Path<String>, Form(typed): Form<Fields>) -> Response {
    let intent = match enter(&app, &id) {
        Ok(intent) => intent,
        // The second click on "Pay" goes where the first one went.
        Err(_) => return after(&app, &id, Outcome::Closed, &typed),
    };
    match read(&app, &intent, &typed) {
        Err(problem) => frame::form(&intent, &typed, Some(problem)),
        Ok((kind, tried)) => {
            let outcome = app.change(|world| pay::card(world, &id, kind, tried));
            after(&app, &id, outcome, &typed)
        }
    }
}

/// A test wallet always pays.
async fn submit_wallet(State(app): State<App>, Path(id): Path<String>) -> Response {
    let intent = match enter(&app, &id) {
        Ok(intent) if intent.methods.iter().any(|method| method == "Wallet") => intent,
        Ok(_) | Err(_) => return after(&app, &id, Outcome::Closed, &Fields::new()),
    };
    let tried = tried(&app, "5200000000001005", "Wallet", (12, 2099));
    let outcome = app.change(|world| pay::card(world, &intent.id, cards::Kind::Accepted, tried));
    after(&app, &id, outcome, &Fields::new())
}

async fn show_challenge(State(app): State<App>, Path(id): Path<String>) -> Response {
    match enter(&app, &id) {
        Ok(intent) if intent.challenge.is_some() => frame::challenge(&intent),
        Ok(_) => see_other(&frame::address(&id, "")),
        Err(ended) => *ended,
    }
}

async fn submit_challenge(State(app): State<App>, Path(id): Path<String>, Form(typed): Form<Fields>) -> Response {
    let outcome = app.change(|world| pay::answer_challenge(world, &id, field(&typed, "outcome") == "pass"));
    after(&app, &id, outcome, &Fields::new())
}

/// The intent if it can be paid; otherwise the page that says why it cannot.
fn enter(app: &App, id: &str) -> Result<Intent, Box<Response>> {
    match app.read(|state| state.dojo.intent(id).cloned()) {
        Some(intent) if intent.is_open(app.now()) => Ok(intent),
        Some(intent) => Err(Box::new(frame::ended(&intent, way_back(app, &intent).as_deref()))),
        None => Err(Box::new(frame::unknown())),
    }
}

/// Where the browser goes after a form: to the shop when the intent is paid, to the card's bank, or back to the form
/// with what went wrong.
fn after(app: &App, id: &str, outcome: Outcome, typed: &Fields) -> Response {
    let Some(intent) = app.read(|state| state.dojo.intent(id).cloned()) else { return frame::unknown() };
    match outcome {
        Outcome::Declined => frame::form(
            &intent,
            typed,
            Some("The payment failed: the card was declined. Try again, perhaps with another card."),
        ),
        Outcome::Challenge => see_other(&frame::address(id, "/challenge")),
        Outcome::Paid | Outcome::Closed => {
            let to_shop = way_back(app, &intent).filter(|_| intent.paid.is_some());
            see_other(&to_shop.unwrap_or_else(|| frame::address(id, "")))
        }
    }
}

/// The merchant's address with the intent's name added to its query, as the switch says.
fn way_back(app: &App, intent: &Intent) -> Option<String> {
    let parameter = app.read(|state| state.switches.value(&RETURN_PARAMETER).to_owned());
    let mut url = url::Url::parse(intent.redirect_url.as_deref()?).ok()?;
    if parameter != "none" {
        url.query_pairs_mut().append_pair(&parameter, &intent.id);
    }
    Some(url.into())
}

/// The card and what is kept of it, or what to correct. A mistake in the form is not a try.
fn read(app: &App, intent: &Intent, typed: &Fields) -> Result<(cards::Kind, Tried), &'static str> {
    let (holder, number) = (field(typed, "name"), field(typed, "card_number"));
    if holder.is_empty() {
        return Err("Enter the name on the card.");
    }
    let kind = cards::kind(number).ok_or("Enter a valid card number.")?;
    let expiry =
        read_expiry(field(typed, "expiry")).filter(|(month, year)| (*year, *month) >= times::year_and_month(app.now()));
    let expiry = expiry.ok_or("Enter an expiry date that is not over, as MM/YY.")?;
    let code = field(typed, "cvv");
    if !(3..=4).contains(&code.len()) || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err("Enter the security code.");
    }
    if needs_email(intent) && !field(typed, "email").contains('@') {
        return Err("Enter an email address.");
    }
    Ok((kind, tried(app, number, holder, expiry)))
}

fn tried(app: &App, number: &str, holder: &str, (month, year): (i64, i64)) -> Tried {
    Tried {
        transaction_id: ids::uuid(),
        at: app.now(),
        number: cards::masked(number),
        holder: holder.chars().take(100).collect(),
        expiry: times::last_day(year, month),
        brand: cards::brand(number),
        auth_code: "123456".to_owned(),
    }
}

/// Whether the merchant asked that an email address be collected.
fn needs_email(intent: &Intent) -> bool {
    let config = intent.given.get("config").unwrap_or(&serde_json::Value::Null);
    *property(property(config, "customerEmail"), "collectionRequired") == true
}

/// `8/30`, `08 / 2030` → (8, 2030)
fn read_expiry(typed: &str) -> Option<(i64, i64)> {
    let (month, year) = typed.split_once('/')?;
    let (month, year) = (month.trim().parse::<i64>().ok()?, year.trim().parse::<i64>().ok()?);
    let year = if year < 100 { 2_000 + year } else { year };
    ((1..=12).contains(&month) && (2_000..2_100).contains(&year)).then_some((month, year))
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}

#[cfg(test)]
mod tests {
    use super::read_expiry;

    #[test]
    fn an_expiry_is_read_as_people_type_it() {
        for typed in ["08/30", "8/30", "08 / 2030"] {
            assert_eq!(read_expiry(typed), Some((8, 2030)), "{typed}");
        }
        for typed in ["", "0830", "13/30", "00/30", "08/", "08/-1"] {
            assert_eq!(read_expiry(typed), None, "{typed}");
        }
    }
}
