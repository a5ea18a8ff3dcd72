//! Sessions: made, shown, cancelled, and paid without a page.

use super::api::{Answer, Call};
use super::error::Refusal;
use super::methods::Method;
use super::model::{LineItem, PaymentStatus, Session, SessionStatus};
use super::pay::{self, Outcome};
use super::switches::{CANCEL_FINISHED_SESSION, CANCEL_SESSION_CANCELS_PAYMENT, DUPLICATE_ORDER_NUM, ON};
use super::wire::{self, Paper, Version};
use super::{cards, currency, payments, platform};
use crate::simulator::state::World;
use crate::simulator::switches::Switches;
use crate::simulator::times::SECOND_MS;
use crate::simulator::{form, ids};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The default and the upper limit of `expires_in_seconds`.
const MOST_SECONDS: i64 = 86_400;

pub fn create(world: &mut World<'_>, call: &Call) -> Result<Answer, Refusal> {
    let session = read(world, call)?;
    let id = session.id.clone();
    world.state.komoju.add_session(session);
    show(world, &id, call.version)
}

pub fn show(world: &mut World<'_>, id: &str, version: Version) -> Result<Answer, Refusal> {
    let komoju = &world.state.komoju;
    let session = komoju.session(id).ok_or_else(Refusal::not_found)?;
    let paper = Paper { base_url: world.base_url, now: world.now, switches: &world.state.switches, version };
    Ok(Answer::ok(&wire::session(session, komoju.payment_of(session), &paper)))
}

pub fn cancel(world: &mut World<'_>, id: &str, version: Version) -> Result<Answer, Refusal> {
    let now = world.now;
    let session = world.state.komoju.session_mut(id).ok_or_else(Refusal::not_found)?;
    if !session.is_open(now) {
        let hidden = world.state.switches.is(&CANCEL_FINISHED_SESSION, "404");
        return Err(if hidden { Refusal::not_found() } else { Refusal::not_cancellable() });
    }
    session.status = SessionStatus::Cancelled;
    session.cancelled_at = Some(now);
    session.challenge = None;
    let payment = session.payment.clone();
    if let Some(payment) = payment.filter(|_| world.state.switches.is(&CANCEL_SESSION_CANCELS_PAYMENT, ON)) {
        // A declined try is over already: there is nothing in it to cancel.
        pay::end(world, &payment, PaymentStatus::Cancelled);
    }
    show(world, id, version)
}

/// `POST /sessions/{id}/pay`: the card form of the hosted page without the page. Only cards that ask for no password.
pub fn pay(world: &mut World<'_>, id: &str, call: &Call) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    struct Paid<'a> {
        redirect_url: Option<String>,
        status: &'static str,
        payment: Option<wire::PaymentBody<'a>>,
    }
    let now = world.now;
    let session = world.state.komoju.session(id).ok_or_else(Refusal::not_found)?;
    if !session.is_open(now) {
        return Err(Refusal::unprocessable("The session is not open any more"));
    }
    let given = &call.body["payment_details"];
    let method = form::text(&given["type"]).unwrap_or_default();
    if method != Method::CreditCard.code() || !session.methods.contains(&Method::CreditCard) {
        return Err(Refusal::payment_type(&method, &[Method::CreditCard.code()]));
    }
    let number = form::text(&given["number"]).ok_or_else(|| Refusal::missing("payment_details[number]"))?;
    let whole = |name: &str| form::whole(&given[name]).ok_or_else(|| Refusal::missing(name));
    let details = cards::details(&number, whole("month")?, whole("year")?, session.email.clone());
    match cards::find(&number) {
        Some(card) => match pay::card(world, id, card, details) {
            Outcome::Declined(decline) => return Err(Refusal::declined(decline, &world.state.switches)),
            Outcome::Done | Outcome::Challenge | Outcome::Closed => {}
        },
        None => return Err(Refusal::invalid("payment_details[number]", "it is not a test card")),
    }
    let komoju = &world.state.komoju;
    let session = komoju.session(id).ok_or_else(Refusal::not_found)?;
    let done = session.status == SessionStatus::Completed;
    let redirect_url = if done { session.way_back() } else { Some(super::page_url(world.base_url, id)) };
    let payment = komoju.payment_of(session).map(|payment| wire::payment(payment, &world.state.switches, call.version));
    Ok(Answer::ok(&Paid { redirect_url, status: if done { "completed" } else { "pending" }, payment }))
}

fn read(world: &World<'_>, call: &Call) -> Result<Session, Refusal> {
    let (body, data, switches) = (&call.body, &call.body["payment_data"], &world.state.switches);
    if let Some(mode) = form::text(&body["mode"]).filter(|mode| mode != "payment") {
        return Err(Refusal::invalid("mode", &format!("the simulator has no {mode} sessions")));
    }
    // One of KOMOJU's own plugins sends both only inside payment_data.
    let amount = read_amount(if body["amount"].is_null() { &data["amount"] } else { &body["amount"] })?;
    let currency = read_currency(form::text(&body["currency"]).or_else(|| form::text(&data["currency"])))?;
    let return_url = read_return_url(&body["return_url"])?;
    let locale = read_choice(&body["default_locale"], "default_locale", &["ja", "en", "ko"])?;
    let capture = read_choice(&data["capture"], "capture", &["auto", "manual"])?;
    let lifetime_ms = read_lifetime_seconds(&body["expires_in_seconds"])? * SECOND_MS;
    Ok(Session {
        id: ids::id(),
        amount,
        methods: read_methods(&body["payment_types"], &currency, switches)?,
        currency,
        return_url,
        locale,
        email: form::text(&body["email"]),
        line_items: read_line_items(&body["line_items"])?,
        metadata: read_metadata(&body["metadata"])?,
        manual_capture: capture == "manual",
        external_order_num: read_order_num(world, &data["external_order_num"])?,
        name: form::text(&data["name"]),
        name_kana: form::text(&data["name_kana"]),
        platform: platform::read(world.state, &data["platform_details"], "payment_data[platform_details]", amount)?,
        created_at: world.now,
        expires_at: world.now.saturating_add(lifetime_ms),
        cancelled_at: None,
        completed_at: None,
        status: SessionStatus::Pending,
        payment: None,
        scenario: call.scenario.as_deref().map(super::error::Decline::from_scenario),
        challenge: None,
    })
}

fn read_amount(given: &Value) -> Result<i64, Refusal> {
    if form::text(given).is_none() {
        return Err(Refusal::missing("amount"));
    }
    match form::whole(given) {
        // The upper limit is the simulator's own: it keeps sums and conversions far from overflowing.
        Some(amount) if (0..=1_000_000_000_000).contains(&amount) => Ok(amount),
        Some(_) | None => Err(Refusal::invalid("amount", "it must be a whole number, zero or more")),
    }
}

fn read_currency(given: Option<String>) -> Result<String, Refusal> {
    let given = given.ok_or_else(|| Refusal::missing("currency"))?;
    currency::known(&given).map(str::to_owned).ok_or_else(|| Refusal::currency(&given))
}

fn read_return_url(given: &Value) -> Result<Option<String>, Refusal> {
    let Some(url) = form::text(given) else { return Ok(None) };
    let web = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if web { Ok(Some(url)) } else { Err(Refusal::invalid("return_url", "it must be a web address")) }
}

/// One of the choices; the first when nothing is given.
fn read_choice(given: &Value, param: &str, choices: &[&str]) -> Result<String, Refusal> {
    let Some(choice) = form::text(given) else { return Ok(choices[0].to_owned()) };
    if choices.contains(&choice.as_str()) {
        return Ok(choice);
    }
    Err(Refusal::invalid(param, &format!("it must be one of {}", choices.join(", "))))
}

fn read_lifetime_seconds(given: &Value) -> Result<i64, Refusal> {
    if form::text(given).is_none() {
        return Ok(MOST_SECONDS);
    }
    let seconds = form::whole(given).filter(|seconds| (1..=MOST_SECONDS).contains(seconds));
    seconds.ok_or_else(|| Refusal::invalid("expires_in_seconds", "it must be between 1 and 86400"))
}

/// The methods that were asked for, or every one that takes the currency.
fn read_methods(given: &Value, currency: &str, switches: &Switches) -> Result<Vec<Method>, Refusal> {
    let possible: Vec<Method> = Method::ALL.into_iter().filter(|method| method.takes(currency, switches)).collect();
    let names: Vec<&str> = possible.iter().map(|method| method.code()).collect();
    let mut asked = Vec::new();
    for code in form::as_list(given).into_iter().filter_map(form::text) {
        match Method::from_code(&code).filter(|method| possible.contains(method)) {
            Some(method) if asked.contains(&method) => {}
            Some(method) => asked.push(method),
            None => return Err(Refusal::payment_type(&code, &names)),
        }
    }
    Ok(if asked.is_empty() { possible } else { asked })
}

fn read_metadata(given: &Value) -> Result<BTreeMap<String, String>, Refusal> {
    let fields = match given {
        Value::Null => return Ok(BTreeMap::new()),
        Value::Object(fields) => fields,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(Refusal::invalid("metadata", "it must be an object of texts"));
        }
    };
    let mut metadata = BTreeMap::new();
    for (key, value) in fields {
        let value = form::text(value).unwrap_or_default();
        if key.chars().count() > 30 || value.chars().count() > 2_000 {
            return Err(Refusal::invalid("metadata", "keys have 30 characters and values 2000 at most"));
        }
        metadata.insert(key.clone(), value);
    }
    Ok(metadata)
}

fn read_line_items(given: &Value) -> Result<Vec<LineItem>, Refusal> {
    let read = |item: &Value| {
        let quantity = if item["quantity"].is_null() { Some(1) } else { form::whole(&item["quantity"]) };
        Ok(LineItem {
            amount: form::whole(&item["amount"]),
            description: form::text(&item["description"]),
            quantity: quantity.ok_or_else(|| Refusal::invalid("line_items", "quantity must be a whole number"))?,
            image: form::text(&item["image"]),
            external_product_num: form::text(&item["external_product_num"]),
        })
    };
    form::as_list(given).into_iter().map(read).collect()
}

/// That a number is refused the second time is what one of KOMOJU's own plugins says; the code is not documented.
fn read_order_num(world: &World<'_>, given: &Value) -> Result<Option<String>, Refusal> {
    let Some(number) = form::text(given) else { return Ok(None) };
    if number.chars().count() > 255 {
        return Err(Refusal::invalid("external_order_num", "it has 255 characters at most"));
    }
    let same = |session: &Session| session.external_order_num.as_deref() == Some(&number);
    let taken = world.state.komoju.sessions.iter().any(same) || payments::knows_order_num(world.state, &number);
    if taken && world.state.switches.is(&DUPLICATE_ORDER_NUM, "refused") {
        return Err(Refusal::invalid("external_order_num", "it has been used before"));
    }
    Ok(Some(number))
}
