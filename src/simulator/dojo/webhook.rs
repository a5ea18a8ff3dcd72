//! Events: made, and what makes a delivery of one Dojo's.

use super::model::{CaptureMode, Status, Subscription};
use super::switches::WEBHOOK_CASE;
use super::{ACCOUNT, Dojo};
use crate::domain::Timestamp;
use crate::payments::signature;
use crate::simulator::delivery::{Delivery, Parcel};
use crate::simulator::faults;
use crate::simulator::provider::{Headers, Provider, Signature, Wrong};
use crate::simulator::state::{State, World};
use crate::simulator::times::{HOUR_MS, SECOND_MS};
use crate::simulator::{ids, times};
use data_encoding::HEXUPPER;
use serde::Serialize;

/// An outsider counted twelve tries with growing pauses; the pauses are an assumption.
pub const RETRY_AFTER_MS: [i64; 11] = [
    10 * SECOND_MS,
    30 * SECOND_MS,
    60 * SECOND_MS,
    120 * SECOND_MS,
    300 * SECOND_MS,
    600 * SECOND_MS,
    1_800 * SECOND_MS,
    HOUR_MS,
    2 * HOUR_MS,
    4 * HOUR_MS,
    8 * HOUR_MS,
];

/// The events that can be subscribed to.
pub const EVENTS: [&str; 2] = ["payment_intent.created", "payment_intent.status_updated"];

#[derive(Serialize)]
struct Envelope<'a> {
    id: &'a str,
    event: &'a str,
    #[serde(rename = "accountId")]
    account_id: &'static str,
    #[serde(rename = "createdAt")]
    created_at: String,
    data: Data<'a>,
}

/// All that an event says: no amount and no reference.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    payment_intent_id: &'a str,
    payment_status: &'static str,
    capture_mode: CaptureMode,
}

/// Makes an event of an intent as it stands now, and queues it for every subscription that wants it.
pub fn announce(world: &mut World<'_>, intent: &str, kind: &str) {
    publish(world, intent, kind, None);
}

/// Tells of a status that the intent has only passed through.
pub fn announce_as(world: &mut World<'_>, intent: &str, status: Status) {
    publish(world, intent, "payment_intent.status_updated", Some(status));
}

fn publish(world: &mut World<'_>, intent: &str, kind: &str, status: Option<Status>) {
    let (id, now) = (event_id(), world.now);
    let Some(body) = body(world.state, intent, kind, &id, status, now) else { return };
    let dojo = &world.state.dojo;
    let wants = |one: &&Subscription| one.events.iter().any(|event| event == kind);
    let subscribed: Vec<String> = dojo.subscriptions.iter().filter(wants).map(|one| one.id.clone()).collect();
    let subscribed: Vec<Option<&str>> = match dojo.has_subscribed {
        true => subscribed.iter().map(|id| Some(id.as_str())).collect(),
        false => vec![None],
    };
    for subscription in subscribed {
        let parcel = Parcel { provider: Provider::Dojo, session: intent, subscription, event: &id, kind, body: &body };
        faults::queue(world.state, &parcel, now);
    }
}

/// Another amount or currency was paid, says the intent from now on. The event names neither.
pub fn misstate(state: &mut State, parcel: &Parcel<'_>, wrong: Wrong) -> Option<String> {
    let intent = state.dojo.intent_mut(parcel.session).filter(|intent| intent.paid.is_some())?;
    intent.amount = wrong.amount(intent.amount);
    intent.currency = wrong.currency(&intent.currency, "JPY");
    Some(parcel.body.to_owned())
}

/// An event about an intent as it stands; `None` when there is no such intent.
pub fn about(state: &State, intent: &str, kind: &str, now: Timestamp) -> Option<String> {
    body(state, intent, kind, &event_id(), None, now)
}

fn event_id() -> String {
    format!("evt_{}", ids::url_safe(16))
}

fn body(state: &State, intent: &str, kind: &str, id: &str, status: Option<Status>, now: Timestamp) -> Option<String> {
    let intent = state.dojo.intent(intent)?;
    let data = Data {
        payment_intent_id: &intent.id,
        payment_status: status.unwrap_or(intent.status).code(),
        capture_mode: intent.mode,
    };
    let created_at = times::utc_with_fraction(now);
    let body = serde_json::to_string(&Envelope { id, event: kind, account_id: ACCOUNT, created_at, data }).ok()?;
    let capitals = state.switches.is(&WEBHOOK_CASE, "pascal");
    Some(if capitals { with_capitals(&body) } else { body })
}

/// The keys as an outsider's recording has them. No value has a quoted word before a colon.
fn with_capitals(body: &str) -> String {
    let keys = ["id", "event", "accountId", "createdAt", "data", "paymentIntentId", "paymentStatus", "captureMode"];
    keys.iter().fold(body.to_owned(), |body, key| {
        let capital = key[..1].to_ascii_uppercase() + &key[1..];
        body.replace(&format!("\"{key}\":"), &format!("\"{capital}\":"))
    })
}

/// The headers of one try.
pub fn headers(state: &State, delivery: &Delivery) -> Headers {
    let secret = signing_secret(&state.dojo, delivery.subscription.as_deref());
    let mut headers = bare_headers();
    headers.push(("Dojo-Signature", signature_of(secret, &delivery.body)));
    headers
}

/// The headers of what a test sends by hand, signed with the secrets that the simulator was started with.
pub fn sign(state: &State, body: &str, signature: Signature) -> Headers {
    let secrets = &state.dojo.webhook_secrets;
    let with = |secret: Option<&String>| signature_of(secret.map_or("", String::as_str), body);
    let signatures = match signature {
        Signature::Right | Signature::Stale => vec![with(secrets.first())],
        Signature::Wrong => vec![signature_of(&ids::url_safe(16), body)],
        Signature::None => Vec::new(),
        Signature::OldSecret => vec![with(secrets.last())],
        Signature::TwiceHeader => vec![with(secrets.first()), with(secrets.first())],
    };
    let mut headers = bare_headers();
    headers.extend(signatures.into_iter().map(|signature| ("Dojo-Signature", signature)));
    headers
}

fn bare_headers() -> Headers {
    vec![("Content-Type", "application/json".to_owned())]
}

/// The subscription's newest active secret, or the first that the simulator was started with. A delivery whose
/// subscription has been deleted meanwhile is signed with that one too.
fn signing_secret<'a>(dojo: &'a Dojo, subscription: Option<&str>) -> &'a str {
    let subscription = dojo.subscriptions.iter().find(|one| Some(one.id.as_str()) == subscription);
    let active = subscription.and_then(|one| one.secrets.iter().rfind(|secret| secret.is_active));
    active.map_or(dojo.webhook_secrets.first().map_or("", String::as_str), |secret| &secret.value)
}

/// `sha256=` and HMAC-SHA256 of the body's bytes in capital hexadecimal pairs with hyphens between them, as .NET writes
/// them: `sha256=4B-49-F8-…`.
fn signature_of(secret: &str, body: &str) -> String {
    let pairs: Vec<String> =
        signature::sign(secret.as_bytes(), body.as_bytes()).iter().map(|byte| HEXUPPER.encode(&[*byte])).collect();
    format!("sha256={}", pairs.join("-"))
}
