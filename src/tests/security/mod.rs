//! What a stranger meets: the headers of every answer, forms from elsewhere, cookies, limits, and what the log and the
//! documentation say. `docs/security.md` names these tests.

mod answers;
mod cookies;
mod documentation;
mod forms;
mod limits;
mod log;
mod people;

use crate::shop::TestShop;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use noren::server::router::router;
use noren::server::settings::Settings;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;

/// The shop's router, with settings as if it were published over TLS where `https` says so.
fn door(shop: &TestShop, https: bool, more: impl FnOnce(&mut Settings)) -> Router {
    let mut state = shop.state.clone();
    let mut settings = Settings::clone(&state.settings);
    if https {
        settings.public_url = "https://shop.example".to_owned();
    }
    more(&mut settings);
    state.settings = Arc::new(settings);
    router(state)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    /// Empty when there is none.
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(router: &Router, from: &str, request: Request<Body>) -> Answer {
    let mut request = request;
    let peer: SocketAddr = format!("{from}:40000").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = router.clone().oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, 4 * 1024 * 1024).await.unwrap();
    Answer { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

async fn get(router: &Router, path: &str) -> Answer {
    ask(router, "198.51.100.1", Request::get(path).body(Body::empty()).unwrap()).await
}

/// A form, with these headers.
fn form(path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, body.len());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}
