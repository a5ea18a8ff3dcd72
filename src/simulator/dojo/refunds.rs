//! Money given back. Every refund has an idempotency key, which counts for its intent.

use super::api::{Request, ok};
use super::error::Refusal;
use super::model::{Intent, Refund, Status};
use super::pay::{set_status, write_down_paid};
use super::read::Reader;
use super::switches::{PARTIAL_REFUND_EVENT, REFUND_OTHER_BODY, REFUND_REFUSAL};
use super::webhook::announce;
use crate::simulator::call::Answer;
use crate::simulator::ids;
use crate::simulator::state::World;
use serde::Serialize;
use serde_json::Value;

/// The properties of two editions of the documentation together.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundBody<'a> {
    payment_intent_id: &'a str,
    refund_id: &'a str,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
}

fn body<'a>(intent: &'a Intent, refund: &'a Refund) -> RefundBody<'a> {
    RefundBody {
        payment_intent_id: &intent.id,
        refund_id: &refund.id,
        message: "Refunded",
        refund_reason: refund.reason.as_deref(),
        notes: refund.notes.as_deref(),
    }
}

/// `POST /payment-intents/{id}/refunds`
pub fn refund(world: &mut World<'_>, id: &str, request: &Request<'_>) -> Result<Answer, Refusal> {
    let key = read_key(request)?;
    let mut reader = Reader::new(&request.body);
    let amount = reader.number("amount", 1);
    let (reason, notes) = (reader.text("refundReason", 1_024), reader.text("notes", 4_096));
    reader.text("previousTransactionId", 100);
    reader.finish()?;
    let refused = || refused(world, "Your refund request was not successful. Status: Failed.");
    let intent = world.state.dojo.intent(id).ok_or_else(refused)?;
    if let Some((refund, first)) = of_key(intent, &key) {
        if *first != request.body {
            let status = world.state.switches.value(&REFUND_OTHER_BODY).parse().unwrap_or(400);
            return Err(Refusal::new(status, "This idempotency key came with another body before"));
        }
        return ok(&body(intent, refund));
    }
    let amount = amount.filter(|amount| is_refundable(intent) && *amount <= intent.left()).ok_or_else(refused)?;
    let name = format!("rfnd_{}", ids::url_safe(16));
    let key = Some((key, request.body.clone()));
    give_back(world, id, Refund { id: name.clone(), amount, reason, notes, key });
    show(world, &name)
}

/// `GET /payment-intents/refunds/{id}`
pub fn show(world: &mut World<'_>, refund: &str) -> Result<Answer, Refusal> {
    let of = |intent: &'_ Intent| intent.refunds.iter().position(|one| one.id == refund);
    let found = world.state.dojo.intents.iter().find_map(|intent| Some((intent, of(intent)?)));
    let (intent, place) = found.ok_or_else(Refusal::not_found)?;
    ok(&body(intent, &intent.refunds[place]))
}

/// Gives a part or all back without a call of the API. `false` when that much is not left.
pub fn by_hand(world: &mut World<'_>, id: &str, amount: Option<i64>) -> bool {
    let left = world.state.dojo.intent(id).filter(|intent| is_refundable(intent)).map_or(0, Intent::left);
    let amount = amount.unwrap_or(left);
    if !(1..=left).contains(&amount) {
        return false;
    }
    let name = format!("rfnd_{}", ids::url_safe(16));
    give_back(world, id, Refund { id: name, amount, reason: None, notes: None, key: None });
    true
}

/// Only the refund of all that is left changes the status.
fn give_back(world: &mut World<'_>, id: &str, refund: Refund) {
    let (now, tells) = (world.now, world.state.switches.is(&PARTIAL_REFUND_EVENT, "status_updated"));
    let Some(intent) = world.state.dojo.intent_mut(id) else { return };
    intent.refunds.push(refund);
    intent.updated_at = now;
    write_down_paid(intent, "Refunded", now);
    if intent.left() <= 0 {
        set_status(world, id, Status::Refunded);
    } else if tells {
        announce(world, id, "payment_intent.status_updated");
    }
}

fn read_key(request: &Request<'_>) -> Result<String, Refusal> {
    let key = request.call.header("idempotencyKey").unwrap_or_default();
    match key.chars().count() {
        0 => Err(Refusal::field("idempotencyKey", "The idempotencyKey field is required.")),
        1..=100 => Ok(key.to_owned()),
        _ => Err(Refusal::field("idempotencyKey", "It has 100 characters at most.")),
    }
}

fn of_key<'a>(intent: &'a Intent, key: &str) -> Option<(&'a Refund, &'a Value)> {
    let of = |refund: &'a Refund| {
        let (known, body) = refund.key.as_ref()?;
        (known == key).then_some((refund, body))
    };
    intent.refunds.iter().find_map(of)
}

fn is_refundable(intent: &Intent) -> bool {
    intent.status == Status::Captured
}

/// The shape in which an outsider saw refunds refused, or the one that is documented.
fn refused(world: &World<'_>, why: &str) -> Refusal {
    if world.state.switches.is(&REFUND_REFUSAL, "camel") { Refusal::new(400, why) } else { Refusal::with_capitals(why) }
}
