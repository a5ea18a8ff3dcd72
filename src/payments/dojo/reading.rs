//! What Dojo's intents and webhooks mean.

use super::wire::{CaptureMade, CaptureMode, Event, EventData, Intent, Status, read_loosely};
use crate::domain::{Currency, Money};
use crate::payments::{Charge, News, Notice, Stage, Standing, Subject, Unreadable};

/// The intent decides everything: its webhooks only say that it changed.
pub fn standing(intent: &Intent) -> Standing {
    let (stage, refunded) = stage(intent.status, intent.capture_mode);
    let money_moved = matches!(stage, Stage::Paid | Stage::Authorised);
    // A decline leaves the intent as it was ("Payment intent": it can be resumed), and shows only among its events.
    let last_event = intent.payment_events.last().map(|event| event.event_type.as_str());
    let stage = if stage == Stage::Pending && last_event == Some("Declined") { Stage::Declined } else { stage };
    let charge = charge(intent);
    let currency = Currency::from_code(&charge.currency);
    let given_back = if refunded { charge.minor } else { intent.refunded_amount };
    Standing {
        payment: money_moved.then(|| intent.id.clone()),
        covers: currency.filter(|_| money_moved).map(|currency| Money::new(charge.minor, currency)),
        reference: Some(intent.reference.clone()),
        refunded,
        given_back: money_moved.then(|| Charge { minor: given_back, currency: charge.currency.clone() }),
        charged: money_moved.then_some(charge),
        ..Standing::only(stage)
    }
}

/// The second is whether it was paid and has been given back since. An intent that was captured at once can be reversed
/// afterwards; one that is captured by hand can be reversed only before ("Reversal").
fn stage(status: Status, mode: CaptureMode) -> (Stage, bool) {
    match (status, mode) {
        (Status::Created, _) => (Stage::Pending, false),
        (Status::Authorized, _) => (Stage::Authorised, false),
        (Status::Captured, _) => (Stage::Paid, false),
        (Status::Refunded, _) | (Status::Reversed, CaptureMode::Auto) => (Stage::Paid, true),
        (Status::Canceled, _) | (Status::Reversed, CaptureMode::Manual) => (Stage::Cancelled, false),
    }
}

/// What was taken, or is held. With manual capture it may be less than was asked.
fn charge(intent: &Intent) -> Charge {
    let total = intent.total_amount.as_ref().unwrap_or(&intent.amount);
    let counts = |capture: &&CaptureMade| !matches!(capture.status.as_str(), "Declined" | "Failed");
    let captured = intent.captures.iter().filter(counts).map(|capture| capture.amount);
    let minor = if intent.captures.is_empty() { total.value } else { captured.fold(0, i64::saturating_add) };
    Charge { minor, currency: total.currency_code.to_ascii_uppercase() }
}

pub fn notice(body: &[u8]) -> Result<Notice, Unreadable> {
    let event: Event = read_loosely(body)?;
    let (subject, news) = if event.event.eq_ignore_ascii_case("payment_intent.status_updated") {
        let data: EventData =
            serde_json::from_value(event.data).map_err(|error| Unreadable(format!("data: {error}")))?;
        let (stage, refunded) = stage(data.paymentstatus, data.capturemode);
        let told = Standing { refunded, ..Standing::only(stage) };
        (Some(Subject::Session(bare(&data.paymentintentid))), News::Standing(told))
    } else {
        (None, News::Nothing)
    };
    Ok(Notice { dedupe_key: bare(&event.id), event: event.event, subject, news })
}

/// Ids have been seen wrapped in quotation marks of their own.
fn bare(id: &str) -> String {
    id.trim_matches('"').to_owned()
}
