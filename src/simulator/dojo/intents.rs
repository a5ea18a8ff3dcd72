//! Payment intents: shown, searched, cancelled.

use super::api::{Request, ok};
use super::error::Refusal;
use super::model::{ClientSecret, Intent, Status};
use super::pay;
use super::read::Reader;
use super::switches::CANCEL_REFUSAL;
use super::wire::{self, Freshness};
use crate::domain::Timestamp;
use crate::simulator::call::Answer;
use crate::simulator::ids;
use crate::simulator::state::World;
use crate::simulator::times::SECOND_MS;
use serde::Serialize;
use serde_json::Value;

/// How long a client session secret can be used.
const SECRET_LIFE_MS: i64 = 30 * 60 * SECOND_MS;

/// A cancelled intent is not found unless the query asks for it.
pub fn show(world: &mut World<'_>, id: &str, request: &Request<'_>) -> Result<Answer, Refusal> {
    let mut query = url::form_urlencoded::parse(request.call.query.as_bytes());
    let cancelled_too =
        query.any(|(key, value)| key.eq_ignore_ascii_case("returnCanceled") && value.eq_ignore_ascii_case("true"));
    let intent = world.state.dojo.intent(id).filter(|intent| cancelled_too || intent.status != Status::Canceled);
    ok(&wire::intent(intent.ok_or_else(Refusal::not_found)?, world.base_url, Freshness::Old))
}

pub fn cancel(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    world.state.dojo.intent(id).ok_or_else(Refusal::not_found)?;
    if !pay::cancel(world, id) {
        let status = world.state.switches.value(&CANCEL_REFUSAL).parse().unwrap_or(400);
        return Err(Refusal::new(status, "The payment intent is not Created any more"));
    }
    shown(world, id)
}

/// A secret with which a page of the merchant's own could take the payment. This simulator has no such page.
pub fn refresh_secret(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    let now = world.now;
    let intent = world.state.dojo.intent_mut(id).ok_or_else(Refusal::not_found)?;
    if intent.status != Status::Created {
        return Err(Refusal::new(400, "The payment intent is not Created any more"));
    }
    intent.secret = Some(new_secret(now));
    shown(world, id)
}

/// 118 bytes, padded to 160 characters as in Dojo's samples.
pub fn new_secret(now: Timestamp) -> ClientSecret {
    ClientSecret { text: format!("{}==", ids::url_safe(118)), expires_at: now.saturating_add(SECRET_LIFE_MS) }
}

fn shown(world: &World<'_>, id: &str) -> Result<Answer, Refusal> {
    let intent = world.state.dojo.intent(id).ok_or_else(Refusal::not_found)?;
    ok(&wire::intent(intent, world.base_url, Freshness::Old))
}

/// `POST /payment-intents/search`, newest first. That the cursors are the names of intents is invented.
pub fn search(world: &mut World<'_>, request: &Request<'_>) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    struct Found<'a> {
        data: Vec<wire::IntentBody<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<&'a str>,
    }
    let mut reader = Reader::new(&request.body);
    let wanted: Vec<&str> = reader.list("statuses").iter().filter_map(Value::as_str).collect();
    if wanted.iter().any(|status| !Status::ALL.iter().any(|known| known.code().eq_ignore_ascii_case(status))) {
        reader.wrong("statuses", "There is no such status.");
    }
    let (start, end) = (reader.time("startDate"), reader.time("endDate"));
    let limit = match reader.at("cursor.limit") {
        Value::Null => 50,
        _ => reader.number("cursor.limit", 1).unwrap_or(50).min(100),
    };
    let (before, after) = (reader.text("cursor.before", 100), reader.text("cursor.after", 100));
    reader.finish()?;
    let is_wanted = |intent: &&Intent| {
        let status = wanted.is_empty() || wanted.iter().any(|one| one.eq_ignore_ascii_case(intent.status.code()));
        let time =
            start.is_none_or(|start| intent.created_at >= start) && end.is_none_or(|end| intent.created_at <= end);
        status && time
    };
    let all: Vec<&Intent> = world.state.dojo.intents.iter().rev().filter(is_wanted).collect();
    let place = |id: &str| all.iter().position(|intent| intent.id == id);
    let limit = usize::try_from(limit).unwrap_or(50);
    let first = match (before.as_deref().and_then(place), after.as_deref().and_then(place)) {
        (Some(place), _) => place.saturating_sub(limit),
        (None, Some(place)) => place + 1,
        (None, None) => 0,
    };
    let shown: Vec<&Intent> = all.iter().skip(first).take(limit).copied().collect();
    ok(&Found {
        before: shown.first().filter(|_| first > 0).map(|intent| intent.id.as_str()),
        after: shown.last().filter(|_| first + shown.len() < all.len()).map(|intent| intent.id.as_str()),
        data: shown.iter().map(|intent| wire::intent(intent, world.base_url, Freshness::Old)).collect(),
    })
}
