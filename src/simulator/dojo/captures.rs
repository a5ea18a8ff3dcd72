//! Held money taken, in one piece or several, or let go.

use super::api::{Request, ok};
use super::error::Refusal;
use super::model::{Capture, CaptureMode, Intent, Status};
use super::pay::{set_status, write_down_paid};
use super::read::Reader;
use super::switches::{PARTIAL_CAPTURE, REVERSAL_WINDOW};
use crate::domain::Timestamp;
use crate::simulator::call::Answer;
use crate::simulator::ids;
use crate::simulator::state::World;
use crate::simulator::times::{self, DAY_MS};
use serde::Serialize;

/// `POST /payment-intents/{id}/captures`
pub fn capture(world: &mut World<'_>, id: &str, request: &Request<'_>) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Taken<'a> {
        message: &'static str,
        capture_id: &'a str,
    }
    let intent = world.state.dojo.intent(id).ok_or_else(super::unknown_intent)?;
    let mut reader = Reader::new(&request.body);
    let amount = reader.number("amount", 1);
    let tips = if reader.at("tipsAmount").is_null() { Some(0) } else { reader.number("tipsAmount", 0) };
    reader.finish()?;
    let (amount, tips) = (amount.unwrap_or_default(), tips.unwrap_or_default());
    if !can_be_captured(intent, world.now) {
        return Err(Refusal::new(409, "The payment intent holds no money"));
    }
    if amount > held(intent) {
        return Err(Refusal::field("Amount", "It is more than is held."));
    }
    let capture_id = take(world, id, Some(amount), tips).ok_or_else(|| Refusal::new(409, ""))?;
    ok(&Taken { message: "Captured", capture_id: &capture_id })
}

/// After a first part the rest can still be taken for as long as it is held.
fn can_be_captured(intent: &Intent, now: Timestamp) -> bool {
    let rest_is_held = held(intent) > 0 && intent.held_until().is_some_and(|until| now < until);
    let begun = intent.status == Status::Captured && intent.refunds.is_empty();
    intent.status == Status::Authorized || begun && rest_is_held
}

/// What is held and has not been taken. Tips are taken besides.
fn held(intent: &Intent) -> i64 {
    let taken: i64 = intent.captures.iter().map(|capture| capture.amount).sum();
    intent.total().saturating_sub(taken)
}

/// Takes a part, or all that is held; answers the capture's name, `None` when nothing is held.
pub fn take(world: &mut World<'_>, id: &str, part: Option<i64>, tips: i64) -> Option<String> {
    let (now, waits) = (world.now, world.state.switches.is(&PARTIAL_CAPTURE, "Authorized"));
    let intent = world.state.dojo.intent_mut(id).filter(|intent| can_be_captured(intent, now))?;
    let amount = part.unwrap_or_else(|| held(intent));
    if !(1..=held(intent)).contains(&amount) {
        return None;
    }
    let name = format!("cp_{}", ids::url_safe(16));
    intent.captures.push(Capture { id: name.clone(), amount, tips, at: now });
    write_down_paid(intent, "Captured", now);
    let status = if waits && held(intent) > 0 { Status::Authorized } else { Status::Captured };
    set_status(world, id, status);
    Some(name)
}

/// `POST /payment-intents/{id}/reversal`: all of it, held or just taken.
pub fn reverse(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Reversed {
        id: String,
        message: &'static str,
        reversal_id: String,
    }
    world.state.dojo.intent(id).ok_or_else(super::unknown_intent)?;
    if !undo(world, id) {
        return Err(Refusal::new(409, "The payment cannot be reversed any more"));
    }
    // One page of the documentation has the first name, another the last.
    let name = format!("rvs_{}", ids::url_safe(16));
    ok(&Reversed { id: name.clone(), message: "Reversed", reversal_id: name })
}

/// Reverses what can be: held money, and an Auto payment as long as it is fresh. `false` for anything else.
pub fn undo(world: &mut World<'_>, id: &str) -> bool {
    let Some(intent) = world.state.dojo.intent(id) else { return false };
    let fresh = intent.paid.as_ref().is_some_and(|paid| is_fresh(world, paid.at));
    let possible = match (intent.mode, intent.status) {
        (CaptureMode::Manual, Status::Authorized) => intent.captures.is_empty(),
        (CaptureMode::Auto, Status::Captured) => fresh && intent.refunds.is_empty(),
        (CaptureMode::Auto | CaptureMode::Manual, _) => false,
    };
    if possible {
        let_go(world, id);
    }
    possible
}

fn is_fresh(world: &World<'_>, paid_at: Timestamp) -> bool {
    match world.state.switches.value(&REVERSAL_WINDOW) {
        "seven_days" => world.now < paid_at.saturating_add(7 * DAY_MS),
        _ => times::day_in_london(world.now) == times::day_in_london(paid_at),
    }
}

/// Gives back what is held. What was taken of it before stays taken.
pub fn let_go(world: &mut World<'_>, id: &str) {
    let now = world.now;
    let Some(intent) = world.state.dojo.intent_mut(id) else { return };
    let status = if intent.captures.is_empty() { Status::Reversed } else { Status::Captured };
    write_down_paid(intent, "Reversed", now);
    set_status(world, id, status);
}
