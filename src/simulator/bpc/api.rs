//! What happens to every call of the API: key, version, then the call itself. Every answer says which version it is in.

use super::error::{Refusal, status};
use super::switches::{CREATE_STATUS, UNKNOWN_VERSION};
use super::{payments, sessions};
use crate::simulator::call::{self, Answer, Api, Call};
use crate::simulator::provider::Provider;
use crate::simulator::state::{App, State as Stored, World};
use crate::simulator::switches::Switches;
use axum::extract::{Request, State};
use axum::http::{HeaderName, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

/// The version of every published example, and the account's default.
const VERSION: &str = "2023-10-31";

/// The versions that exist: the other one is in the example of a webhook's headers.
const VERSIONS: [&str; 2] = [VERSION, super::webhook::VERSION];

const X_VERSION: HeaderName = HeaderName::from_static("x-version");

static API: Api = Api { provider: Provider::Bpc, root: "/bpc/api2/", refuse, planned, work };

pub async fn handle(State(app): State<App>, request: Request) -> Response {
    call::serve(app, &API, request).await
}

/// What a call comes to before it has a version and is HTTP.
pub type Worked = Result<(u16, String), Refusal>;

/// 200.
pub fn shown(body: &impl Serialize) -> Worked {
    written(200, body)
}

/// For something that was made: whether that is 200 or 201 is not documented.
pub fn made(switches: &Switches, body: &impl Serialize) -> Worked {
    written(status(switches, &CREATE_STATUS), body)
}

fn written(status: u16, body: &impl Serialize) -> Worked {
    let body = serde_json::to_string(body).map_err(|_| Refusal::planned(500))?;
    Ok((status, body))
}

fn refuse(state: &Stored, call: &Call) -> Option<Answer> {
    let refusal = match call.header("x-api-key") {
        None | Some("") => Refusal::no_key(&state.switches),
        Some(key) if key == state.bpc.api_key => return None,
        Some(_) => Refusal::bad_key(&state.switches),
    };
    Some(answer(VERSION, refusal.status, refusal.body(&state.switches)))
}

fn planned(status: u16) -> Answer {
    answer(VERSION, status, Refusal::planned(status).body(&Switches::default()))
}

fn work(world: &mut World<'_>, call: &Call) -> Answer {
    let named = call.header("x-version").unwrap_or(VERSION);
    let known = VERSIONS.into_iter().find(|version| *version == named);
    let worked = match known {
        None if world.state.switches.is(&UNKNOWN_VERSION, "400") => {
            Err(Refusal::invalid("X-Version", "does not exist"))
        }
        _ => dispatch(world, call),
    };
    let (status, body) = worked.unwrap_or_else(|refusal| (refusal.status, refusal.body(&world.state.switches)));
    answer(known.unwrap_or(VERSION), status, body)
}

fn answer(version: &str, status: u16, body: String) -> Answer {
    let headers = vec![(header::CONTENT_TYPE, "application/json".to_owned()), (X_VERSION, version.to_owned())];
    Answer { status, headers, body }
}

/// Which call does what.
fn dispatch(world: &mut World<'_>, call: &Call) -> Worked {
    let steps: Vec<&str> = call.path.split('/').collect();
    match (call.method.as_str(), steps.as_slice()) {
        ("POST", ["sessions"]) => sessions::create(world, &json(call)?),
        ("GET", ["sessions", id]) => sessions::show(world, id),
        ("POST", ["sessions", id, "expire"]) => sessions::expire(world, id),
        ("GET", ["payments", id]) => payments::show(world, id),
        ("POST", ["payments", id, "capture"]) => payments::capture(world, id, &json(call)?),
        ("POST", ["payments", id, "cancel"]) => payments::cancel(world, id),
        ("POST", ["payments", id, "refund"]) => payments::refund_at_payment(world, id, &json(call)?),
        ("POST", ["refunds"]) => payments::refund(world, &json(call)?),
        ("GET", ["refunds", id]) => payments::show_refund(world, id),
        _ => Err(Refusal::not_found()),
    }
}

/// The body, which may be absent, but when it is there must be a JSON object and say so.
fn json(call: &Call) -> Result<Value, Refusal> {
    if call.body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let media_type = call.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::new(415, "Invalid request: Content-Type must be application/json"));
    }
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(fields)) => Ok(Value::Object(fields)),
        Ok(_) | Err(_) => Err(Refusal::new(400, "Invalid request: the body is not a JSON object")),
    }
}
