//! What happens to every call of an API whatever its protocol: the body is read, the key checked, a planned fault taken,
//! and only then the work done. KOMOJU's API does the same by itself, because of its idempotency keys.

use super::faults::What;
use super::provider::Provider;
use super::state::{App, State, World};
use crate::domain::Timestamp;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use std::time::Duration;

/// The longest body that is read.
const MOST_BYTES: usize = 64 * 1024;

/// A call as an API's functions see it.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// After the API's root, without slashes at its ends.
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// When it came, by the simulator's clock.
    pub at: Timestamp,
}

impl Call {
    /// A header's text; `None` when it is absent or not ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An answer before it becomes HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(HeaderName, String)>,
    pub body: String,
}

impl Answer {
    fn into_response(self) -> (Response, String) {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            // The only texts from outside that an API puts into a header are ones that came in one.
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(name, value);
            }
        }
        (response, self.body)
    }
}

/// What one provider's API does at each step.
pub struct Api {
    pub provider: Provider,
    /// The beginning of every path, with a slash at both ends.
    pub root: &'static str,
    /// The answer to a call without the right key.
    pub refuse: fn(&State, &Call) -> Option<Answer>,
    /// The answer that a fault gives instead of the work, in the provider's own form.
    pub planned: fn(u16) -> Answer,
    pub work: fn(&mut World<'_>, &Call) -> Answer,
}

/// Answers a call.
pub async fn serve(app: App, api: &'static Api, request: Request) -> Response {
    // A task of its own: a client that gives up while it waits does not undo the work, as at the real thing.
    let worked = tokio::spawn(answer(app, api, request));
    worked.await.unwrap_or_else(|_| (api.planned)(500).into_response().0)
}

async fn answer(app: App, api: &'static Api, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else { return (api.planned)(413).into_response().0 };
    let path = parts.uri.path().strip_prefix(api.root).unwrap_or_default().trim_matches('/').to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let call = Call { method: parts.method, path, query, headers: parts.headers, body, at: app.now() };
    if let Some(refused) = app.read(|state| (api.refuse)(state, &call)) {
        return refused.into_response().0;
    }
    let fault = app.change(|world| world.state.plan.take_call(api.provider, &call.method, &call.path));
    let answer = match fault.and_then(What::instead_of_work) {
        Some(status) => (api.planned)(status),
        None => {
            tokio::time::sleep(fault.map_or(Duration::ZERO, What::wait)).await;
            let worked = app.change(|world| (api.work)(world, &call));
            fault.and_then(What::instead_of_answer).map_or(worked, api.planned)
        }
    };
    let (response, body) = answer.into_response();
    match fault {
        Some(fault) => fault.spoil(response, &body),
        None => response,
    }
}
