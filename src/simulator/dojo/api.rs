//! Which call does what, and what every call must have: the key, the version and, where there is a body, JSON.

use super::error::Refusal;
use super::switches::MISSING_VERSION;
use super::{captures, create, intents, refunds, subscriptions};
use crate::simulator::call::{self, Answer, Api, Call};
use crate::simulator::provider::Provider;
use crate::simulator::state::{App, State as Stored, World};
use axum::extract::{Request as Incoming, State};
use axum::http::{Method, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

static API: Api = Api { provider: Provider::Dojo, root: "/dojo/", refuse, planned: Refusal::planned, work };

/// The day on which Dojo's first samples name a version; earlier ones cannot be meant.
const OLDEST_VERSION: &str = "2022-01-01";

/// A call that has been let in.
pub struct Request<'a> {
    pub call: &'a Call,
    /// Null when the call has none.
    pub body: Value,
    /// `2026-02-27`, which sorts as it counts.
    pub version: String,
}

pub async fn handle(State(app): State<App>, incoming: Incoming) -> Response {
    call::serve(app, &API, incoming).await
}

/// 200 with a body, as every success that has one is.
pub fn ok(body: &impl Serialize) -> Result<Answer, Refusal> {
    let body = serde_json::to_string(body).map_err(|_| Refusal::new(500, ""))?;
    let headers = vec![(header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned())];
    Ok(Answer { status: 200, headers, body })
}

pub fn no_content() -> Result<Answer, Refusal> {
    Ok(Answer { status: 204, headers: Vec::new(), body: String::new() })
}

/// `Authorization: Basic <key>`: the key itself, not in base64.
fn refuse(state: &Stored, call: &Call) -> Option<Answer> {
    let (scheme, key) = call.header("authorization").unwrap_or_default().split_once(' ').unwrap_or_default();
    let right = scheme.eq_ignore_ascii_case("basic") && !key.is_empty() && key == state.dojo.api_key;
    (!right).then(|| Refusal::new(401, "").answer(&state.switches))
}

fn work(world: &mut World<'_>, call: &Call) -> Answer {
    let answer = admit(world, call).and_then(|request| dispatch(world, &request));
    answer.unwrap_or_else(|refusal| refusal.answer(&world.state.switches))
}

fn admit<'a>(world: &World<'_>, call: &'a Call) -> Result<Request<'a>, Refusal> {
    let version = match call.header("version") {
        Some(version) if is_version(version) => version.to_owned(),
        Some(_) => return Err(Refusal::field("version", "It must be a date like 2026-02-27.")),
        None if world.state.switches.is(&MISSING_VERSION, "accepted") => "2026-02-27".to_owned(),
        None => return Err(Refusal::field("version", "The version field is required.")),
    };
    let body = match call.body.as_ref() {
        [] => Value::Null,
        _ if !call.header("content-type").unwrap_or_default().to_ascii_lowercase().contains("json") => {
            return Err(Refusal::new(415, ""));
        }
        bytes => serde_json::from_slice(bytes).map_err(|_| Refusal::field("$", "The body is not JSON."))?,
    };
    Ok(Request { call, body, version })
}

fn is_version(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10 && text >= OLDEST_VERSION
}

fn dispatch(world: &mut World<'_>, request: &Request<'_>) -> Result<Answer, Refusal> {
    let steps: Vec<&str> = request.call.path.split('/').collect();
    match (request.call.method.as_str(), steps.as_slice()) {
        ("POST", ["payment-intents"]) => create::create(world, request),
        ("POST", ["payment-intents", "search"]) => intents::search(world, request),
        ("GET", ["payment-intents", "refunds", id]) => refunds::show(world, id),
        ("GET", ["payment-intents", id]) => intents::show(world, id, request),
        ("DELETE", ["payment-intents", id]) => intents::cancel(world, id),
        ("POST", ["payment-intents", id, "refresh-client-session-secret"]) => intents::refresh_secret(world, id),
        ("POST", ["payment-intents", id, "captures"]) => captures::capture(world, id, request),
        ("POST", ["payment-intents", id, "reversal"]) => captures::reverse(world, id),
        ("POST", ["payment-intents", id, "refunds"]) => refunds::refund(world, id, request),
        (_, ["webhooks", rest @ ..]) => subscriptions::dispatch(world, request, rest),
        (method, ["payment-intents", ..]) if method == Method::PUT || method == Method::PATCH => {
            Err(Refusal::new(405, ""))
        }
        _ => Err(Refusal::not_found()),
    }
}
