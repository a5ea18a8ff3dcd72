//! What becomes of a call of an API for which a fault is planned.

use super::What;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use std::io::Error;
use std::time::Duration;

impl What {
    /// The status of the answer that is made up without doing the work; `None` when the work is done.
    pub fn instead_of_work(self) -> Option<u16> {
        match self {
            What::Status { status, work: false } => Some(status),
            // Nobody will see this one.
            What::NoAnswer { work: false } => Some(500),
            _ => None,
        }
    }

    /// The status of the answer that takes the place of the true one; `None` when that is given.
    pub fn instead_of_answer(self) -> Option<u16> {
        if let What::Status { status, work: true } = self { Some(status) } else { None }
    }

    /// How long the call is kept waiting before it is worked on.
    pub fn wait(self) -> Duration {
        if let What::Slow { ms } = self { Duration::from_millis(ms) } else { Duration::ZERO }
    }

    /// Spoils an answer that has been worked out or made up.
    pub fn spoil(self, response: Response, body: &str) -> Response {
        match self {
            What::NoAnswer { .. } => cut_off(response, body.len().max(1), Bytes::new(), Duration::ZERO),
            What::Half => {
                // The pause lets the first half leave before the connection closes.
                let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
                cut_off(response, body.len().max(1), half, Duration::from_millis(50))
            }
            _ => response,
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
