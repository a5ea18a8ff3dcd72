//! What happens to every call of the API: the dialect is read off the path, the signature checked by its rules.

use super::error::Refusal;
use super::model::Dialect;
use super::{auth, sessions};
use crate::simulator::call::{self, Answer, Api, Call};
use crate::simulator::provider::Provider;
use crate::simulator::state::{App, State as Stored, World};
use crate::simulator::switches::Switches;
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::response::Response;

pub const V1: &str = "session/hosted";
pub const V2: &str = "session/hosted/partner-managed-customer";

static API: Api = Api { provider: Provider::StableMint, root: "/stablemint/", refuse, planned, work };

pub async fn handle(State(app): State<App>, request: Request) -> Response {
    call::serve(app, &API, request).await
}

fn dialect(call: &Call) -> Option<Dialect> {
    match (&call.method, call.path.as_str()) {
        (&Method::POST, V1) => Some(Dialect::V1),
        (&Method::POST, V2) => Some(Dialect::V2),
        _ => None,
    }
}

fn refuse(state: &Stored, call: &Call) -> Option<Answer> {
    let checked = match dialect(call) {
        None => Err(Refusal::not_found()),
        Some(dialect) => auth::check(state, call, dialect),
    };
    checked.err().map(|refusal| refused(&refusal, &state.switches))
}

fn planned(status: u16) -> Answer {
    refused(&Refusal::planned(status), &Switches::default())
}

fn work(world: &mut World<'_>, call: &Call) -> Answer {
    let made = match dialect(call) {
        None => Err(Refusal::not_found()),
        Some(dialect) => sessions::create(world, call, dialect),
    };
    match made {
        Ok((status, body)) => answer(status, "application/json", body),
        Err(refusal) => refused(&refusal, &world.state.switches),
    }
}

fn refused(refusal: &Refusal, switches: &Switches) -> Answer {
    let (status, body) = refusal.written(switches);
    let json = body.starts_with('{');
    answer(status, if json { "application/json" } else { "text/plain; charset=utf-8" }, body)
}

fn answer(status: u16, media_type: &str, body: String) -> Answer {
    Answer { status, headers: vec![(header::CONTENT_TYPE, media_type.to_owned())], body }
}
