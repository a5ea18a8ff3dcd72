//! What happens to every call of the API: key, planned faults, idempotency, then the call itself.

use super::error::Refusal;
use super::idempotency::{self, Turn};
use super::platform::settlements;
use super::switches::UNKNOWN_API_VERSION;
use super::wire::Version;
use super::{payments, refunds, sessions, webhook};
use crate::simulator::faults::What;
use crate::simulator::form;
use crate::simulator::provider::Provider;
use crate::simulator::state::{App, State as Stored, World};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use data_encoding::BASE64;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use url::form_urlencoded;

const ROOT: &str = "/komoju/api/v1/";

/// The longest body that is read.
const MOST_BYTES: usize = 64 * 1024;

/// A call as the functions behind it see it.
pub struct Call {
    pub method: Method,
    /// After the root, without slashes at its ends.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Value,
    pub version: Version,
    pub scenario: Option<String>,
}

impl Call {
    pub fn query(&self, name: &str) -> Option<&str> {
        let given = self.query.iter().find(|(key, _)| key == name)?;
        (!given.1.is_empty()).then_some(given.1.as_str())
    }
}

/// An answer before it becomes HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Answer {
    /// 200, as every success of KOMOJU's is.
    pub fn ok(body: &impl Serialize) -> Answer {
        match serde_json::to_string(body) {
            Ok(body) => Answer { status: 200, body },
            Err(_) => Refusal::planned(500).into(),
        }
    }

    fn into_response(self) -> (Response, String) {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        (response, self.body)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Answer {
        Answer { status: refusal.status, body: refusal.body() }
    }
}

/// Which call does what.
fn dispatch(world: &mut World<'_>, call: &Call) -> Result<Answer, Refusal> {
    let steps: Vec<&str> = call.path.split('/').collect();
    match (call.method.as_str(), steps.as_slice()) {
        ("POST", ["sessions"]) => sessions::create(world, call),
        ("GET", ["sessions", id]) => sessions::show(world, id, call.version),
        ("POST", ["sessions", id, "cancel"]) => sessions::cancel(world, id, call.version),
        ("POST", ["sessions", id, "pay"]) => sessions::pay(world, id, call),
        ("GET", ["payments"]) => payments::list(world, call),
        ("GET", ["payments", id]) => payments::show(world, id, call.version),
        ("PATCH", ["payments", id]) => payments::update(world, id, call),
        ("POST", ["payments", id, "capture"]) => payments::capture(world, id, call),
        ("POST", ["payments", id, "cancel"]) => payments::cancel(world, id, call.version),
        ("POST", ["payments", id, "refund"]) => refunds::refund(world, id, call),
        ("POST", ["payments", id, "refund_request"]) => refunds::request(world, id, call),
        ("GET", ["events"]) => webhook::list(world, call),
        ("GET", ["events", id]) => webhook::show(world, id),
        ("GET", ["settlements", id]) => settlements::show(world, id),
        ("GET", ["payment_methods"]) => Ok(payments::methods()),
        _ => Err(Refusal::not_found()),
    }
}

pub async fn handle(State(app): State<App>, request: Request) -> Response {
    // A task of its own: a client that gives up while it waits does not undo the work, as at the real thing.
    let worked = tokio::spawn(async move {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().strip_prefix(ROOT).unwrap_or_default().trim_matches('/').to_owned();
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let (answer, fault) = answer(&app, parts.method, path, &query, &parts.headers, body).await;
        let planned = |status| Refusal::planned(status).into();
        let (response, body) = fault.and_then(What::instead_of_answer).map_or(answer, planned).into_response();
        match fault {
            Some(fault) => fault.spoil(response, &body),
            None => response,
        }
    });
    worked.await.unwrap_or_else(|_| Answer::from(Refusal::planned(500)).into_response().0)
}

async fn answer(
    app: &App,
    method: Method,
    path: String,
    query: &str,
    headers: &HeaderMap,
    body: Body,
) -> (Answer, Option<What>) {
    if !app.read(|state| is_authorised(state, headers)) {
        return (Refusal::unauthorized().into(), None);
    }
    let Ok(body) = to_bytes(body, MOST_BYTES).await else { return (Refusal::too_large().into(), None) };
    let fault = app.change(|world| world.state.plan.take_call(Provider::Komoju, &method, &path));
    if let Some(status) = fault.and_then(What::instead_of_work) {
        return (Refusal::planned(status).into(), fault);
    }
    let key = if method == Method::POST { idempotency::key(headers) } else { Ok(None) };
    let key = match key {
        Ok(key) => key.map(|key| (key, idempotency::fingerprint(method.as_str(), &path, &body))),
        Err(refusal) => return (refusal.into(), fault),
    };
    if let Some((key, fingerprint)) = &key {
        match app.change(|world| idempotency::begin(world, key, fingerprint)) {
            Ok(Turn::Work) => {}
            Ok(Turn::Replay { status, body }) => return (Answer { status, body }, fault),
            Err(refusal) => return (refusal.into(), fault),
        }
    }
    tokio::time::sleep(fault.map_or(Duration::ZERO, What::wait)).await;
    let answer = app.change(|world| {
        let answer = read_call(world.state, method, path, query, headers, &body)
            .and_then(|call| dispatch(world, &call))
            .unwrap_or_else(Answer::from);
        if let Some((key, fingerprint)) = key {
            idempotency::finish(world, &key, fingerprint, answer.status, &answer.body);
        }
        answer
    });
    (answer, fault)
}

fn read_call(
    state: &Stored,
    method: Method,
    path: String,
    query: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Call, Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text("content-type").unwrap_or_default();
    let body = form::read(content_type, body).ok_or_else(|| Refusal::bad_request("The body cannot be read"))?;
    let version = match text("x-komoju-api-version").map(|code| (code, Version::from_code(code))) {
        Some((_, Some(version))) => version,
        Some((code, None)) if state.switches.is(&UNKNOWN_API_VERSION, "400") => {
            return Err(Refusal::bad_request(&format!("There is no API version {code}")));
        }
        Some((_, None)) | None => Version::default_of(&state.switches),
    };
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Ok(Call { method, path, query, body, version, scenario: text("komoju-scenario").map(str::to_owned) })
}

/// HTTP Basic with the key as user. Two of KOMOJU's own clients send it without the colon, so that is accepted too.
fn is_authorised(state: &Stored, headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return false };
    let Some((scheme, credentials)) = value.split_once(' ') else { return false };
    let Ok(decoded) = BASE64.decode(credentials.trim().as_bytes()) else { return false };
    let key = decoded.strip_suffix(b":").unwrap_or(&decoded);
    scheme.eq_ignore_ascii_case("basic") && !key.is_empty() && key == state.komoju.secret_key.as_bytes()
}
