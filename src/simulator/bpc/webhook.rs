//! Webhooks: their body, and the signature in `X-Signature`.
//!
//! A body has no id of its own. The signature is `t=<time>,v1=<hex>`, where hex is the HMAC of the body, a dot and the
//! time, in this order: the reverse of what other providers do, and known from one implementation only.

use super::model::SessionStatus;
use super::switches::{EVENTS, ON, REQUEST_ID_PER_TRY, SIGNATURE_ORDER, SIGNATURE_TIME, SIGNED_AFRESH, WEBHOOK_DELAY};
use super::wire::{self, PaymentBody, RefundBody, SessionBody};
use crate::domain::Timestamp;
use crate::payments::signature;
use crate::simulator::delivery::{Delivery, Parcel};
use crate::simulator::provider::{Headers, Provider, Signature, Wrong};
use crate::simulator::state::{State, World};
use crate::simulator::times::{DAY_MS, HOUR_MS, SECOND_MS};
use crate::simulator::{faults, ids};
use data_encoding::HEXLOWER;
use serde::Serialize;

/// What `X-Version` of a webhook says, as in the published example; it need not be the version of the requests.
pub const VERSION: &str = "2023-11-15";

/// How BPC spaces its tries is not documented: an assumption.
pub const RETRY_AFTER_MS: [i64; 6] =
    [10 * SECOND_MS, 60 * SECOND_MS, 300 * SECOND_MS, 1_800 * SECOND_MS, 3 * HOUR_MS, 12 * HOUR_MS];

/// How old the signature of a stale webhook is.
const STALE_MS: i64 = 7 * DAY_MS;

#[derive(Serialize)]
struct Envelope<'a> {
    created: String,
    data: Snapshot<'a>,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Serialize)]
struct Snapshot<'a> {
    object: Object<'a>,
}

/// Nothing in the object says what it is: that is the type's first word.
#[derive(Serialize)]
#[serde(untagged)]
enum Object<'a> {
    Session(Box<SessionBody<'a>>),
    Payment(PaymentBody<'a>),
    Refund(RefundBody<'a>),
}

/// Queues an event about a session, payment or refund as it stands now, if the merchant subscribed to it.
pub fn announce(world: &mut World<'_>, id: &str, kind: &str) {
    let state = &*world.state;
    let outcome = matches!(kind, "session.completed" | "session.expired");
    if !outcome && state.switches.is(&EVENTS, "session_outcomes") {
        return;
    }
    let Some(body) = body(state, id, kind, world.now) else { return };
    let delay_ms = state.switches.value(&WEBHOOK_DELAY).parse().unwrap_or(0) * SECOND_MS;
    let event = request_id();
    let session = session_of(state, id).unwrap_or_default();
    let parcel =
        Parcel { provider: Provider::Bpc, session: &session, subscription: None, event: &event, kind, body: &body };
    faults::queue(world.state, &parcel, world.now.saturating_add(delay_ms));
}

fn session_of(state: &State, id: &str) -> Option<String> {
    let bpc = &state.bpc;
    let payment = bpc.refund(id).map_or(id, |refund| &refund.payment);
    let session = bpc.payment(payment).map_or(id, |payment| &payment.session);
    bpc.session(session).map(|session| session.id.clone())
}

/// Another amount or currency was paid, say session and payment from now on, in this event too.
pub fn misstate(state: &mut State, parcel: &Parcel<'_>, wrong: Wrong, now: Timestamp) -> Option<String> {
    let session = state.bpc.session_mut(parcel.session).filter(|one| one.status == SessionStatus::Completed)?;
    session.amount = wrong.amount(session.amount);
    session.currency = wrong.currency(&session.currency, "CHF");
    if let Some(id) = session.payment.clone()
        && let Some(payment) = state.bpc.payment_mut(&id)
    {
        payment.amount = wrong.amount(payment.amount);
        payment.captured = wrong.amount(payment.captured);
        payment.capturable = wrong.amount(payment.capturable);
    }
    about(state, parcel.session, parcel.kind, now)
}

/// An event of this kind about a session, or about what was done in it, as it stands.
pub fn about(state: &State, session: &str, kind: &str, now: Timestamp) -> Option<String> {
    let session = state.bpc.session(session)?;
    let id = match kind.split('.').next() {
        Some("payment") => session.payment.clone()?,
        Some("refund") => {
            let payment = session.payment.as_deref()?;
            state.bpc.refunds.iter().rev().find(|refund| refund.payment == payment)?.id.clone()
        }
        _ => session.id.clone(),
    };
    body(state, &id, kind, now)
}

fn body(state: &State, id: &str, kind: &str, now: Timestamp) -> Option<String> {
    let object = object(state, id)?;
    serde_json::to_string(&Envelope { created: wire::offset_time(now), data: Snapshot { object }, kind }).ok()
}

fn object<'a>(state: &'a State, id: &str) -> Option<Object<'a>> {
    let bpc = &state.bpc;
    if let Some(session) = bpc.session(id) {
        return Some(Object::Session(Box::new(wire::session_in_event(session, state))));
    }
    if let Some(payment) = bpc.payment(id) {
        return Some(Object::Payment(wire::payment(payment, state)));
    }
    let refund = bpc.refund(id)?;
    Some(Object::Refund(wire::refund(refund, bpc.payment(&refund.payment)?, state)))
}

/// The headers of one try.
pub fn headers(state: &State, delivery: &Delivery, now: Timestamp) -> Headers {
    let switches = &state.switches;
    let at = if switches.is(&SIGNED_AFRESH, ON) { now } else { delivery.created_at };
    let request = match switches.is(&REQUEST_ID_PER_TRY, "stable") {
        true => delivery.event.clone(),
        false => request_id(),
    };
    let secret = state.bpc.webhook_secrets.first().map_or("", String::as_str);
    let mut headers = bare_headers(request);
    headers.push((HEADER, signed(state, secret, &delivery.body, at)));
    headers
}

/// The headers of what a test sends by hand.
pub fn sign(state: &State, body: &str, signature: Signature, now: Timestamp) -> Headers {
    let secrets = &state.bpc.webhook_secrets;
    let with = |secret: Option<&String>, at| signed(state, secret.map_or("", String::as_str), body, at);
    let signatures = match signature {
        Signature::Right => vec![with(secrets.first(), now)],
        Signature::Wrong => vec![signed(state, &ids::secret("whsec_"), body, now)],
        Signature::None => Vec::new(),
        Signature::OldSecret => vec![with(secrets.last(), now)],
        Signature::TwiceHeader => vec![with(secrets.first(), now), with(secrets.first(), now)],
        Signature::Stale => vec![with(secrets.first(), now.saturating_sub(STALE_MS))],
    };
    let mut headers = bare_headers(request_id());
    headers.extend(signatures.into_iter().map(|signature| (HEADER, signature)));
    headers
}

const HEADER: &str = "X-Signature";

fn bare_headers(request: String) -> Headers {
    vec![
        ("Content-Type", "application/json".to_owned()),
        ("X-Version", VERSION.to_owned()),
        ("API-Request-Id", request),
    ]
}

fn request_id() -> String {
    format!("req_{}", ids::uuid())
}

/// `t=1764000000,v1=…`
fn signed(state: &State, secret: &str, body: &str, at: Timestamp) -> String {
    let switches = &state.switches;
    let time = if switches.is(&SIGNATURE_TIME, "milliseconds") { at } else { at / SECOND_MS };
    let message = match switches.is(&SIGNATURE_ORDER, "timestamp_first") {
        true => format!("{time}.{body}"),
        false => format!("{body}.{time}"),
    };
    let mac = signature::sign(secret.as_bytes(), message.as_bytes());
    format!("t={time},v1={}", HEXLOWER.encode(&mac))
}
