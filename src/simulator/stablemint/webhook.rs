//! Webhooks: which steps of a deposit are told in which dialect, and the RSA signature.
//!
//! The signature is over the timestamp's text, a comma and the body, in both dialects: for the first one no scheme is
//! documented, and to send nothing would teach receivers to take anything.

use super::body;
use super::model::{Dialect, Status};
use super::switches::{ON, SIGNED_AFRESH, WEBHOOK_SHAPE};
use crate::domain::{Currency, Money, Timestamp};
use crate::payments::signature::RsaPrivateKey;
use crate::simulator::delivery::{Delivery, Parcel};
use crate::simulator::provider::{Headers, Provider, Signature, Wrong};
use crate::simulator::state::{State, World};
use crate::simulator::times::{HOUR_MS, SECOND_MS};
use crate::simulator::{faults, ids, times};
use data_encoding::BASE64;

const MINUTE_MS: i64 = 60 * SECOND_MS;

/// Documented; that each wait counts from the try before is inferred.
pub const RETRY_AFTER_MS: [i64; 5] = [5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS, 90 * MINUTE_MS];

/// How old the signature of a stale webhook is.
const STALE_MS: i64 = 24 * HOUR_MS;

/// A step of a deposit. No generation of the documentation has all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Created,
    Initiated,
    Submitted,
    Reconciled,
    Accepted,
    Completed,
    Failed,
}

/// The name of the step's event; `None` where the dialect does not tell it.
fn kind(step: Step, dialect: Dialect, flat: bool) -> Option<&'static str> {
    match (dialect, step) {
        // Where the money is there, the first dialect has one event: the step that always comes stands for it.
        (Dialect::V1, Step::Accepted) => Some("InwardPaymentReconciled"),
        (Dialect::V1, Step::Failed) => Some("InwardPaymentFailed"),
        (Dialect::V1, Step::Created | Step::Initiated | Step::Submitted | Step::Reconciled | Step::Completed) => None,
        (Dialect::V2, Step::Created) => Some("partner.customer.deposit.created"),
        (Dialect::V2, Step::Submitted) => Some("partner.customer.deposit.submitted"),
        (Dialect::V2, Step::Accepted) => Some("partner.customer.deposit.accepted"),
        (Dialect::V2, Step::Failed) => Some("partner.customer.deposit.failed"),
        (Dialect::V2, Step::Reconciled) => flat.then_some("partner.customer.deposit.reconciled"),
        (Dialect::V2, Step::Initiated) => (!flat).then_some("partner.customer.deposit.initiated"),
        (Dialect::V2, Step::Completed) => (!flat).then_some("partner.customer.deposit.completed"),
    }
}

/// Queues the event of a step, if the session's dialect has one.
pub fn announce(world: &mut World<'_>, reference: &str, step: Step) {
    let state = &*world.state;
    let flat = state.switches.is(&WEBHOOK_SHAPE, "flat");
    let Some(session) = state.stablemint.session(reference) else { return };
    let Some(kind) = kind(step, session.dialect, flat) else { return };
    let (event, body) = (ids::id(), body::write(session, kind, &state.switches, world.now));
    let session = reference;
    let parcel =
        Parcel { provider: Provider::StableMint, session, subscription: None, event: &event, kind, body: &body };
    faults::queue(world.state, &parcel, world.now);
}

/// Another amount or currency was paid, says the session from now on, in this event too.
pub fn misstate(state: &mut State, parcel: &Parcel<'_>, wrong: Wrong, now: Timestamp) -> Option<String> {
    let session = state.stablemint.session_mut(parcel.session)?;
    if !matches!(session.status, Status::Submitted | Status::Paid) {
        return None;
    }
    let currency = if wrong == Wrong::Currency { Currency::Jpy } else { session.amount.currency };
    session.amount = Money::new(wrong.amount(session.amount.minor), currency);
    about(state, parcel.session, parcel.kind, now)
}

/// An event of this kind about a session as it stands; `None` when there is no such session.
pub fn about(state: &State, session: &str, kind: &str, now: Timestamp) -> Option<String> {
    let session = state.stablemint.session(session)?;
    Some(body::write(session, kind, &state.switches, now))
}

/// The headers of one try.
pub fn headers(state: &State, delivery: &Delivery, now: Timestamp) -> Headers {
    let at = if state.switches.is(&SIGNED_AFRESH, ON) { now } else { delivery.created_at };
    let mut headers = bare_headers(at);
    let key = state.stablemint.keys().and_then(|keys| keys.provider.first());
    headers.extend(key.map(|key| (HEADER, signed(&key.key, &delivery.body, at))));
    headers
}

/// The headers of what a test sends by hand. A wrong signature is the merchant's own, which a receiver that mixes the keys
/// up would take.
pub fn sign(state: &State, body: &str, signature: Signature, now: Timestamp) -> Headers {
    let at = if signature == Signature::Stale { now.saturating_sub(STALE_MS) } else { now };
    let mut headers = bare_headers(at);
    let Some(keys) = state.stablemint.keys() else { return headers };
    let (newest, oldest) = (keys.provider.first(), keys.provider.last());
    let with: Vec<&RsaPrivateKey> = match signature {
        Signature::Right | Signature::Stale => newest.map(|key| &key.key).into_iter().collect(),
        Signature::OldSecret => oldest.map(|key| &key.key).into_iter().collect(),
        Signature::Wrong => vec![&keys.merchants_own],
        Signature::None => Vec::new(),
        Signature::TwiceHeader => newest.into_iter().flat_map(|key| [&key.key, &key.key]).collect(),
    };
    let signatures = with.into_iter().map(|key| signed(key, body, at));
    headers.extend(signatures.map(|signature| (HEADER, signature)));
    headers
}

const HEADER: &str = "StableMint-Signature";

fn bare_headers(at: Timestamp) -> Headers {
    vec![("Content-Type", "application/json".to_owned()), ("StableMint-Timestamp", times::utc(at))]
}

/// Base64 of the signature over `2026-01-01T00:00:00Z,{…}`.
fn signed(key: &RsaPrivateKey, body: &str, at: Timestamp) -> String {
    BASE64.encode(&key.sign(format!("{},{body}", times::utc(at)).as_bytes()))
}
