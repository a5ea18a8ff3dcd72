//! Events: made, kept, listed, and what makes a delivery of one KOMOJU's.

use super::MOST;
use super::api::{Answer, Call};
use super::error::Refusal;
use super::model::{Event, PaymentStatus};
use super::payments::Page;
use super::platform::sellers::ApplicationBody;
use super::platform::settlements::SettlementBody;
use super::switches::{DELIVERY_ID_PER_TRY, REFUND_REQUEST_EVENT};
use super::wire::{self, PaymentBody, RefundRequestBody, Version};
use crate::payments::signature;
use crate::simulator::delivery::{Delivery, Parcel};
use crate::simulator::faults;
use crate::simulator::provider::{Headers, Provider, Signature, Wrong};
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
    data: Option<Data<'a>>,
    created_at: String,
    reason: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submerchant_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Payment(Box<PaymentBody<'a>>),
    RefundRequest(Box<RefundRequestBody<'a>>),
    Application(&'a ApplicationBody),
    Settlement(&'a SettlementBody),
}

/// What an event is about.
pub enum Subject<'a> {
    /// What KOMOJU sends when a webhook is set up. Its content is not documented: an envelope without data is a guess.
    Nothing,
    Payment(&'a str),
    /// A refund by bank transfer: the payment's name and its own.
    RefundRequest(&'a str, &'a str),
    Application(ApplicationBody),
    Settlement(SettlementBody),
}

/// Makes an event of a payment as it stands now, and queues it for delivery; then one for each seller that shares it.
pub fn announce(world: &mut World<'_>, payment: &str, kind: &str) {
    publish(world, &Subject::Payment(payment), kind, None);
    for seller in sellers_of(world.state, payment) {
        publish(world, &Subject::Payment(payment), &format!("submerchant.{kind}"), Some(&seller));
    }
}

/// Tells what became of a refund request. There is such an event for sellers only.
pub fn announce_request(world: &mut World<'_>, payment: &str, request: &str) {
    let as_payment = world.state.switches.is(&REFUND_REQUEST_EVENT, "payment");
    let subject = if as_payment { Subject::Payment(payment) } else { Subject::RefundRequest(payment, request) };
    for seller in sellers_of(world.state, payment) {
        publish(world, &subject, "submerchant.refund_request.updated", Some(&seller));
    }
}

pub fn ping(world: &mut World<'_>) {
    publish(world, &Subject::Nothing, "ping", None);
}

fn sellers_of(state: &State, payment: &str) -> Vec<String> {
    let split = state.komoju.payment(payment).and_then(|payment| payment.platform.as_ref());
    split.map_or_else(Vec::new, |split| split.shares.iter().map(|share| share.seller.clone()).collect())
}

/// An event about a payment as it stands; `None` when there is no such payment. One for sellers is for the first.
pub fn about(state: &State, payment: &str, kind: &str, now: i64) -> Option<String> {
    state.komoju.payment(payment)?;
    let seller = sellers_of(state, payment).into_iter().next().filter(|_| kind.starts_with("submerchant."));
    Some(body(state, &Subject::Payment(payment), kind, seller.as_deref(), &ids::id(), now))
}

fn body(state: &State, subject: &Subject<'_>, kind: &str, seller: Option<&str>, id: &str, now: i64) -> String {
    let data = data(state, subject);
    let created_at = times::utc(now);
    let envelope = Envelope { id, kind, resource: "event", data, created_at, reason: None, submerchant_id: seller };
    // Texts, whole numbers and maps with text keys: there is nothing in it that could fail to become JSON.
    serde_json::to_string(&envelope).unwrap_or_default()
}

fn data<'a>(state: &'a State, subject: &'a Subject<'a>) -> Option<Data<'a>> {
    let switches = &state.switches;
    let version = Version::default_of(switches);
    match subject {
        Subject::Nothing => None,
        Subject::Payment(id) => {
            let payment = state.komoju.payment(id)?;
            Some(Data::Payment(Box::new(wire::payment(payment, switches, version))))
        }
        Subject::RefundRequest(id, request) => {
            let payment = state.komoju.payment(id)?;
            let request = payment.refund_requests.iter().find(|one| one.id == *request)?;
            Some(Data::RefundRequest(Box::new(wire::refund_request(request, payment, switches))))
        }
        Subject::Application(body) => Some(Data::Application(body)),
        Subject::Settlement(body) => Some(Data::Settlement(body)),
    }
}

/// Makes an event, keeps it and queues it; `seller` is whose event it is, where it is not the platform's own.
pub fn publish(world: &mut World<'_>, subject: &Subject<'_>, kind: &str, seller: Option<&str>) {
    let (id, now) = (ids::id(), world.now);
    let body = body(world.state, subject, kind, seller, &id, now);
    let session = session_of(world.state, subject).unwrap_or_default();
    let parcel =
        Parcel { provider: Provider::Komoju, session: &session, subscription: None, event: &id, kind, body: &body };
    faults::queue(world.state, &parcel, now);
    let events = &mut world.state.komoju.events;
    events.push(Event { id, kind: kind.to_owned(), created_at: now, body });
    keep_newest(events, MOST);
}

fn session_of(state: &State, subject: &Subject<'_>) -> Option<String> {
    match subject {
        Subject::Payment(id) | Subject::RefundRequest(id, _) => Some(state.komoju.payment(id)?.session.clone()),
        Subject::Nothing | Subject::Application(_) | Subject::Settlement(_) => None,
    }
}

/// Another amount or currency was paid, says the payment from now on, in this event too.
pub fn misstate(state: &mut State, parcel: &Parcel<'_>, wrong: Wrong, now: i64) -> Option<String> {
    let id = state.komoju.session(parcel.session)?.payment.clone()?;
    let payment = state.komoju.payment_mut(&id)?;
    if !matches!(payment.status, PaymentStatus::Authorized | PaymentStatus::Captured) {
        return None;
    }
    payment.amount = wrong.amount(payment.amount);
    payment.captured_amount = payment.captured_amount.map(|captured| wrong.amount(captured));
    payment.currency = wrong.currency(&payment.currency, "CHF");
    let seller = sellers_of(state, &id).into_iter().next().filter(|_| parcel.kind.starts_with("submerchant."));
    Some(body(state, &Subject::Payment(&id), parcel.kind, seller.as_deref(), parcel.event, now))
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
