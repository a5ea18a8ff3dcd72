//! Events: made, kept, listed, and what makes a delivery of one KOMOJU's.

use super::MOST;
use super::api::{Answer, Call};
use super::error::Refusal;
use super::model::Event;
use super::payments::Page;
use super::switches::DELIVERY_ID_PER_TRY;
use super::wire::{self, PaymentBody, Version};
use crate::payments::signature;
use crate::simulator::delivery::{Delivery, Parcel};
use crate::simulator::provider::{Headers, Provider, Signature};
use crate::simulator::state::{State, World, keep_newest};
use crate::simulator::times::{HOUR_MS, SECOND_MS};
use crate::simulator::{ids, times};
use data_encoding::HEXLOWER;
use serde::Serialize;

/// How KOMOJU spaces its tries is not documented: an assumption.
pub const RETRY_AFTER_MS: [i64; 7] =
    [5 * SECOND_MS, 30 * SECOND_MS, 120 * SECOND_MS, 600 * SECOND_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

#[derive(Serialize)]
struct Envelope<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    resource: &'static str,
    data: Option<PaymentBody<'a>>,
    created_at: String,
    reason: Option<()>,
}

/// Makes an event of a payment as it stands now, and queues it for delivery.
pub fn announce(world: &mut World<'_>, payment: &str, kind: &str) {
    publish(world, Some(payment), kind);
}

/// What KOMOJU sends when a webhook is set up. Its content is not documented: an envelope without data is a guess.
pub fn ping(world: &mut World<'_>) {
    publish(world, None, "ping");
}

/// The body of an event that is about a payment, or about nothing.
fn body(state: &State, payment: Option<&str>, kind: &str, id: &str, now: i64) -> String {
    let version = Version::default_of(&state.switches);
    let data = payment.and_then(|id| state.komoju.payment(id)).map(|payment| wire::payment(payment, version));
    let envelope = Envelope { id, kind, resource: "event", data, created_at: times::utc(now), reason: None };
    // Texts, whole numbers and maps with text keys: there is nothing in it that could fail to become JSON.
    serde_json::to_string(&envelope).unwrap_or_default()
}

/// An event about a payment as it stands; `None` when there is no such payment.
pub fn about(state: &State, payment: &str, kind: &str, now: i64) -> Option<String> {
    state.komoju.payment(payment)?;
    Some(body(state, Some(payment), kind, &ids::id(), now))
}

fn publish(world: &mut World<'_>, payment: Option<&str>, kind: &str) {
    let (id, now) = (ids::id(), world.now);
    let body = body(world.state, payment, kind, &id, now);
    let parcel = Parcel { provider: Provider::Komoju, subscription: None, event: &id, kind, body: &body };
    world.state.deliveries.queue(&parcel, now);
    let events = &mut world.state.komoju.events;
    events.push(Event { id, kind: kind.to_owned(), created_at: now, body });
    keep_newest(events, MOST);
}

/// The headers of one try, the signature first among them.
pub fn headers(state: &State, delivery: &Delivery) -> Headers {
    let changing = state.switches.is(&DELIVERY_ID_PER_TRY, "changing");
    let id = if changing { ids::id() } else { delivery.id.clone() };
    let mut headers = bare_headers(&id, &delivery.kind);
    let secret = state.komoju.webhook_secrets.first().map_or("", String::as_str);
    headers.push(("X-Komoju-Signature", signature_of(secret, &delivery.body)));
    headers
}

/// The headers of what a test sends by hand.
pub fn sign(state: &State, body: &str, kind: &str, signature: Signature) -> Headers {
    let mut headers = bare_headers(&ids::id(), kind);
    let secrets = &state.komoju.webhook_secrets;
    let with = |secret: Option<&String>| signature_of(secret.map_or("", String::as_str), body);
    let signatures = match signature {
        Signature::Right | Signature::Stale => vec![with(secrets.first())],
        Signature::Wrong => vec![signature_of(&ids::secret("whsec_"), body)],
        Signature::None => Vec::new(),
        Signature::OldSecret => vec![with(secrets.last())],
        Signature::TwiceHeader => vec![with(secrets.first()), with(secrets.first())],
    };
    headers.extend(signatures.into_iter().map(|signature| ("X-Komoju-Signature", signature)));
    headers
}

fn bare_headers(id: &str, kind: &str) -> Headers {
    vec![
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "Komoju-Webhook".to_owned()),
        ("X-Komoju-ID", id.to_owned()),
        ("X-Komoju-Event", kind.to_owned()),
    ]
}

/// HMAC-SHA256 of the body's bytes, in small hexadecimal letters.
fn signature_of(secret: &str, body: &str) -> String {
    HEXLOWER.encode(&signature::sign(secret.as_bytes(), body.as_bytes()))
}

/// `GET /events`: newest first.
pub fn list(world: &mut World<'_>, call: &Call) -> Result<Answer, Refusal> {
    let page = Page::read(call)?;
    let events = world.state.komoju.events.iter().rev().filter(|event| page.covers(event.created_at));
    Ok(page.answer("list", &events.collect::<Vec<_>>(), |event| event.body.clone()))
}

pub fn show(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    let event = world.state.komoju.events.iter().find(|event| event.id == id).ok_or_else(Refusal::not_found)?;
    Ok(Answer { status: 200, body: event.body.clone() })
}
