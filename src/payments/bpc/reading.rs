//! What BPC's sessions and webhooks mean.

use super::wire::{Event, Payment, Refund, Session};
use crate::domain::{Currency, Money};
use crate::payments::{Charge, MadeBy, News, Notice, Refunded, Stage, Standing, Subject, Unreadable};
use crate::server::token;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `paymentStatus` decides: that a session is `completed` is only an inference from an event's name.
pub fn standing(session: &Session) -> Standing {
    let refunded = session.payment_is("refunded");
    let stage = if refunded || session.payment_is("paid") {
        Stage::Paid
    } else if session.status.eq_ignore_ascii_case("expired") {
        Stage::Expired
    } else {
        Stage::Pending
    };
    if stage != Stage::Paid {
        return Standing { reference: session.merchant_reference_id.clone(), ..Standing::only(stage) };
    }
    let charged = Charge { minor: session.amount, currency: session.currency.to_ascii_uppercase() };
    // In which order several tries are listed is not documented.
    let named = || match session.payments.as_slice() {
        [only] => Some(only.id.clone()),
        _ => None,
    };
    Standing {
        payment: session.payment_id.clone().or_else(named),
        covers: Currency::from_code(&session.currency).map(|currency| Money::new(session.amount, currency)),
        charged: Some(charged),
        refunded,
        reference: session.merchant_reference_id.clone(),
        ..Standing::only(stage)
    }
}

/// Nothing in the object says its kind; the part of the event's name before the dot does.
pub fn notice(body: &[u8]) -> Result<Notice, Unreadable> {
    let event: Event = serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))?;
    let (name, subject, news) = match event.kind.split_once('.') {
        Some(("session", what)) => of_session(what, event.data.object)?,
        Some(("payment", what)) => of_payment(what, event.data.object)?,
        Some(("refund", what)) => of_refund(what, event.data.object)?,
        // Stored cards, and what the gateway may add some day.
        _ => (name_of(&event.data.object), None, News::Nothing),
    };
    // There is no event id, the request's own (`API-Request-Id`) may change on every try, and two events of one kind about
    // one object can be made within a second. So the same bytes are the same event. A retry that is written anew is settled
    // again, and changes nothing: states only move forward, and a refund is counted by its own name.
    let dedupe_key = format!("{}/{name}/{}", event.kind, token::fingerprint_of(body));
    Ok(Notice { dedupe_key, event: event.kind, subject, news })
}

type Read = Result<(String, Option<Subject>, News), Unreadable>;

fn of_session(what: &str, object: Value) -> Read {
    let session: Session = object_of(object)?;
    let mut told = standing(&session);
    if told.stage == Stage::Pending && what == "expired" {
        told.stage = Stage::Expired;
    }
    // "Completed" means paid ("Redirect integration"), and `unpaid` is the one other word that is documented. A status
    // that is missing or new is left to the look-up, which must find it paid: better loud than overlooked.
    if told.stage == Stage::Pending && what == "completed" && !session.payment_is("unpaid") {
        told.stage = Stage::Paid;
    }
    let news = if matches!(what, "completed" | "expired") { News::Standing(told) } else { News::Nothing };
    Ok((session.id.clone(), Some(Subject::Session(session.id)), news))
}

/// A payment is one try on the page; the session's own events say what became of it. What these add is a decline while
/// the page is open, and the payment's name, which a refund needs. None of them says how much: the look-up does.
fn of_payment(what: &str, object: Value) -> Read {
    let payment: Payment = object_of(object)?;
    let stage = match what {
        "succeeded" | "funded" => Stage::Paid,
        "amountCapturableUpdated" => Stage::Authorised,
        // "Declined", in BPC's words for `canceled`; neither is final while the page is open.
        "failed" | "canceled" => Stage::Declined,
        _ => Stage::Pending,
    };
    let subject = match (&payment.session_id, &payment.merchant_reference_id) {
        (Some(session), _) => Some(Subject::Session(session.clone())),
        (None, Some(reference)) => Some(Subject::Attempt(reference.clone())),
        (None, None) => None,
    };
    let told = Standing { payment: Some(payment.id.clone()), ..Standing::only(stage) };
    // One that names neither session nor reference cannot be placed, and need not be: `session.completed` comes too.
    let news = if subject.is_some() && stage != Stage::Pending { News::Standing(told) } else { News::Nothing };
    Ok((payment.id, subject, news))
}

fn of_refund(what: &str, object: Value) -> Read {
    let refund: Refund = object_of(object)?;
    // The words of a refund's status are not documented. One that is not done yet, or never will be, is no money.
    let undone = ["pending", "processing", "requiresaction", "failed", "declined", "rejected", "canceled", "cancelled"];
    let status = refund.status.as_deref().unwrap_or_default().to_ascii_lowercase();
    let amount = Charge { minor: refund.amount, currency: refund.currency.to_ascii_uppercase() };
    let news = match &refund.payment_id {
        Some(_) if !undone.contains(&status.as_str()) && !undone.contains(&what) => {
            let made_by = MadeBy::Unsaid;
            News::Refunds(vec![Refunded { id: refund.id.clone(), amount, chargeback: false, made_by }])
        }
        _ => News::Nothing,
    };
    Ok((refund.id, refund.payment_id.map(Subject::Payment), news))
}

fn object_of<T: DeserializeOwned>(object: Value) -> Result<T, Unreadable> {
    serde_json::from_value(object).map_err(|error| Unreadable(format!("data.object: {error}")))
}

fn name_of(object: &Value) -> String {
    object.get("id").and_then(Value::as_str).unwrap_or("nameless").to_owned()
}
