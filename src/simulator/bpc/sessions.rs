//! Sessions: made, shown, ended.

use super::api::{Worked, made, shown};
use super::error::{Refusal, status};
use super::model::{Session, SessionStatus};
use super::switches::{CURRENCIES, EXPIRE_FINISHED_SESSION, LOCAL_RETURN_URLS};
use super::{names, page_path, pay, webhook, wire};
use crate::domain::Timestamp;
use crate::simulator::ids;
use crate::simulator::state::World;
use crate::simulator::switches::Switches;
use crate::simulator::times::{self, SECOND_MS};
use serde_json::{Map, Value};

/// How long a session lives: both published examples end 20 minutes after they were made.
pub const LIFE_MS: i64 = 20 * 60 * SECOND_MS;

/// The number of the first session that came without one, and the step to the next, as in the published examples.
const FIRST_NUMBER: u32 = 4_000;
const NUMBER_STEP: u32 = 2;

pub fn create(world: &mut World<'_>, body: &Value) -> Worked {
    let session = read(world, body)?;
    let id = session.id.clone();
    world.state.bpc.add_session(session);
    webhook::announce(world, &id, "session.created");
    let session = world.state.bpc.session(&id).ok_or_else(Refusal::not_found)?;
    made(&world.state.switches, &wire::session(session, world.state))
}

pub fn show(world: &mut World<'_>, id: &str) -> Worked {
    let session = find(world, id)?;
    shown(&wire::session(session, world.state))
}

/// `POST /sessions/{id}/expire`: only an open session can be ended.
pub fn expire(world: &mut World<'_>, id: &str) -> Worked {
    let (id, open) = {
        let session = find(world, id)?;
        (session.id.clone(), session.status == SessionStatus::Open)
    };
    if !open {
        let status = status(&world.state.switches, &EXPIRE_FINISHED_SESSION);
        return Err(Refusal::new(status, "The session is not open"));
    }
    pay::expire(world, &id);
    show(world, &id)
}

/// By its name alone: the API does not know the UUID.
fn find<'a>(world: &'a World<'_>, id: &str) -> Result<&'a Session, Refusal> {
    world.state.bpc.session(id).filter(|session| session.id == id).ok_or_else(Refusal::not_found)
}

fn read(world: &mut World<'_>, body: &Value) -> Result<Session, Refusal> {
    let switches = &world.state.switches;
    let order = ids::uuid();
    let session = Session {
        id: names::session(&order),
        order: order.clone(),
        amount: amount(body)?,
        currency: currency(body, switches)?,
        success_url: return_url(body, "successUrl", switches)?,
        failure_url: return_url(body, "failureUrl", switches)?,
        locale: text(body, "locale")?.unwrap_or("EN").to_owned(),
        merchant_reference: text(body, "merchantReferenceId")?.unwrap_or_default().to_owned(),
        metadata: object(body, "metadata")?,
        customer_details: object(body, "customerDetails")?,
        manual_capture: is_manual(&body["paymentData"])?,
        payment_url: format!("{}{}", world.base_url, page_path(&order)),
        created_at: world.now,
        expires_at: expires_at(body, world.now)?,
        status: SessionStatus::Open,
        payment: None,
        declined: None,
        challenge: false,
        closed: false,
    };
    check_customer(body)?;
    if !session.merchant_reference.is_empty() {
        return Ok(session);
    }
    let number = FIRST_NUMBER.saturating_add(NUMBER_STEP.saturating_mul(world.state.bpc.numbered));
    world.state.bpc.numbered += 1;
    Ok(Session { merchant_reference: number.to_string(), ..session })
}

/// A whole number of minor units; a text or a decimal is refused.
fn amount(body: &Value) -> Result<i64, Refusal> {
    match &body["amount"] {
        Value::Null => Err(Refusal::missing("amount")),
        given => given
            .as_i64()
            .filter(|amount| *amount > 0)
            .ok_or_else(|| Refusal::invalid("amount", "must be a whole number of minor units above 0")),
    }
}

fn currency(body: &Value, switches: &Switches) -> Result<String, Refusal> {
    let code = text(body, "currency")?.ok_or_else(|| Refusal::missing("currency"))?;
    let any = switches.is(&CURRENCIES, "any");
    let letters = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !letters || !(any || code.eq_ignore_ascii_case("EUR")) {
        return Err(Refusal::invalid("currency", "is not one that this account takes"));
    }
    Ok(code.to_owned())
}

/// Any scheme is taken, as an app's own is, except those that would run in the page.
fn return_url(body: &Value, name: &str, switches: &Switches) -> Result<String, Refusal> {
    let given = text(body, name)?.ok_or_else(|| Refusal::missing(name))?;
    let url = url::Url::parse(given).map_err(|_| Refusal::invalid(name, "is no address"))?;
    if matches!(url.scheme(), "javascript" | "data" | "vbscript" | "blob") {
        return Err(Refusal::invalid(name, "is no address that a browser may be sent to"));
    }
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) || url.scheme() == "http";
    if local && switches.is(&LOCAL_RETURN_URLS, "412") {
        return Err(Refusal::new(412, format!("Precondition failed: {name} is not allowed for this merchant")));
    }
    Ok(given.to_owned())
}

fn is_manual(payment_data: &Value) -> Result<bool, Refusal> {
    match &payment_data["captureMethod"] {
        Value::Null => Ok(false),
        Value::String(method) if method == "automatic" => Ok(false),
        Value::String(method) if method == "manual" => Ok(true),
        _ => Err(Refusal::invalid("paymentData.captureMethod", "must be automatic or manual")),
    }
}

/// Sending it is inferred: the documentation has it in answers only.
fn expires_at(body: &Value, now: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(given) = text(body, "expiresAt")? else { return Ok(now.saturating_add(LIFE_MS)) };
    let at = times::parse(given).filter(|at| *at > now);
    at.ok_or_else(|| Refusal::invalid("expiresAt", "must be a time to come"))
}

/// The rule is documented for cards that are stored; the simulator stores none.
fn check_customer(body: &Value) -> Result<(), Refusal> {
    let Some(id) = text(body, "merchantCustomerId")? else { return Ok(()) };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (8..=50).contains(&id.len()) && id.bytes().all(allowed) {
        return Ok(());
    }
    Err(Refusal::invalid("merchantCustomerId", "must be 8 to 50 letters, digits, _ or -"))
}

fn text<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, Refusal> {
    match &body[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        _ => Err(Refusal::invalid(name, "must be a text")),
    }
}

fn object(body: &Value, name: &str) -> Result<Map<String, Value>, Refusal> {
    match &body[name] {
        Value::Null => Ok(Map::new()),
        Value::Object(fields) => Ok(fields.clone()),
        _ => Err(Refusal::invalid(name, "must be an object")),
    }
}
