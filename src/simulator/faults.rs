//! Planned misbehaviour of the API: the next calls that match answer as a test says instead of as they should.

use super::provider::Provider;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use serde::{Deserialize, Serialize};
use std::io::Error;
use std::time::Duration;

/// One planned answer, used once. Exactly one of the four ways to misbehave is meant to be set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    /// KOMOJU when absent.
    pub provider: Provider,
    /// The beginning of the path after the API's root: `sessions` is also `sessions/{id}/cancel`.
    pub path: String,
    /// Only calls of this method; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Answers this status without doing the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Does the work, then closes the connection without an answer.
    pub hang_after_work: bool,
    /// Does the work, then closes the connection half-way through the answer.
    pub half: bool,
    /// Waits this long before it does the work, with the idempotency key taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// Takes the first planned answer that this call matches.
    pub fn take(&mut self, provider: Provider, method: &Method, path: &str) -> Option<Fault> {
        let matches = |fault: &Fault| {
            let of_method = fault.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()));
            fault.provider == provider && of_method && path.starts_with(fault.path.trim_matches('/'))
        };
        let place = self.0.iter().position(matches)?;
        Some(self.0.remove(place))
    }
}

impl Fault {
    /// Spoils an answer that has been worked out.
    pub fn spoil(&self, response: Response, body: &str) -> Response {
        if self.hang_after_work {
            cut_off(response, body.len(), Bytes::new(), Duration::ZERO)
        } else if self.half {
            // The pause lets the first half leave before the connection closes.
            let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
            cut_off(response, body.len(), half, Duration::from_millis(50))
        } else {
            response
        }
    }
}

/// An answer that promises `length` bytes, sends `part`, and then breaks the connection. Before the first byte of the
/// body has left, the server has not sent the headers either.
fn cut_off(response: Response, length: usize, part: Bytes, pause: Duration) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let broken = Full::new(part).map_err(|never| match never {}).with_trailers(async move {
        // Even a sleep of nothing would let the headers leave.
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        Some(Err(Error::other("cut off as planned")))
    });
    // A body that passes through here no longer tells how long it is, so nobody notices that the promise is false.
    Response::from_parts(parts, Body::new(broken.map_frame(|frame| frame)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planned_answer_is_used_once_by_the_first_call_that_matches() {
        let fault = |path: &str, method: Option<&str>| Fault {
            path: path.to_owned(),
            method: method.map(str::to_owned),
            ..Fault::default()
        };
        let mut faults = Faults(vec![fault("payments", None), fault("sessions", Some("post"))]);
        let komoju = Provider::Komoju;
        assert_eq!(faults.take(komoju, &Method::GET, "sessions/abc"), None);
        assert_eq!(faults.take(Provider::Bpc, &Method::POST, "sessions/abc"), None);
        assert!(faults.take(komoju, &Method::POST, "sessions/abc/cancel").is_some());
        assert_eq!(faults.take(komoju, &Method::POST, "sessions"), None);
        assert!(faults.take(komoju, &Method::GET, "payments").is_some());
        assert!(faults.0.is_empty());
    }
}
