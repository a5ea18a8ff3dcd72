//! The simulator from outside: calls through its router, webhooks to a receiver that writes down what it is sent.

mod api;
mod bpc;
mod control;
mod deliveries;
mod dojo;
mod faults;
mod idempotency;
mod pages;
mod payments;
mod platform;
mod stablemint;
mod switches;

use super::clock::TurnableClock;
use super::state::{App, State};
use super::{KomojuKeys, http_client, router, sender};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use data_encoding::BASE64;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

pub const KEY: &str = "sk_test_bench";
pub const SECRET: &str = "whsec_simulator_vector";

/// A simulator, and a shop that only listens.
pub struct Bench {
    pub app: App,
    received: Arc<Mutex<Received>>,
}

#[derive(Default)]
struct Received {
    requests: Vec<(HeaderMap, String)>,
    /// What it answers; 200 when empty.
    answers: Vec<u16>,
}

/// An answer, read.
pub struct Told {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }
}

impl Bench {
    pub async fn new() -> Bench {
        let received = Arc::new(Mutex::new(Received::default()));
        let book = Arc::clone(&received);
        let shop = axum::Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
            let book = Arc::clone(&book);
            async move {
                let mut book = book.lock().unwrap();
                book.requests.push((headers, String::from_utf8(body.to_vec()).unwrap()));
                let answer = if book.answers.is_empty() { 200 } else { book.answers.remove(0) };
                StatusCode::from_u16(answer).unwrap()
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shop_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, shop).await });
        let mut state = State::default();
        let keys = KomojuKeys {
            secret_key: Some(KEY.to_owned()),
            webhook_secrets: vec![SECRET.to_owned(), "whsec_old".to_owned()],
        };
        state.komoju.take_keys(keys);
        state.dojo.take_keys(dojo::keys());
        state.bpc.take_keys(bpc::keys());
        state.stablemint.take_keys(stablemint::given_keys()).unwrap();
        let clock = Arc::new(TurnableClock::default());
        let app = App::new(clock, "http://127.0.0.1:4000".to_owned(), shop_url, http_client().unwrap(), state);
        Bench { app, received }
    }

    /// The next answers of the shop to webhooks.
    pub fn shop_answers(&self, statuses: &[u16]) {
        self.received.lock().unwrap().answers = statuses.to_vec();
    }

    /// Sends everything that is due now; answers the kinds of what arrived since the last time.
    pub async fn deliver(&self) -> Vec<String> {
        while sender::send_next(&self.app).await {}
        self.take().into_iter().map(|(headers, _)| headers["x-komoju-event"].to_str().unwrap().to_owned()).collect()
    }

    /// What arrived since the last time.
    pub fn take(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.received.lock().unwrap().requests)
    }

    pub async fn call(&self, request: Request<Body>) -> Response {
        router(self.app.clone()).oneshot(request).await.unwrap()
    }

    pub async fn tell(&self, request: Request<Body>) -> Told {
        let (parts, body) = self.call(request).await.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Told { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub async fn get(&self, path: &str) -> Told {
        self.tell(request("GET", path, &[], "")).await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Told {
        self.tell(request("POST", path, headers, body)).await
    }

    /// A form that a browser sends.
    pub async fn submit(&self, path: &str, body: &str) -> Told {
        self.post(path, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let told = self.post(&format!("/control/{path}"), &[], &body.to_string()).await;
        assert_eq!(told.status, StatusCode::OK, "{path}: {}", told.text);
        told.json()
    }

    pub async fn switch(&self, name: &str, choice: &str) {
        self.control("switches", serde_json::json!({ name: choice })).await;
    }

    pub async fn api_get(&self, path: &str) -> Told {
        self.tell(api_request("GET", path, &[], &Value::Null)).await
    }

    pub async fn api_post(&self, path: &str, body: Value) -> Told {
        self.tell(api_request("POST", path, &[], &body)).await
    }

    /// A session with this in it besides 1,200 yen; answers its name.
    pub async fn open(&self, more: Value) -> String {
        let mut body = serde_json::json!({
            "amount": 1200, "currency": "JPY", "default_locale": "en", "email": "a@example.com",
            "return_url": "http://localhost:3000/orders/abc?lang=en",
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let told = self.api_post("sessions", body).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        told.json()["id"].as_str().unwrap().to_owned()
    }

    pub async fn session(&self, id: &str) -> Value {
        self.api_get(&format!("sessions/{id}")).await.json()
    }

    pub async fn pay_by_card(&self, session: &str, number: &str) -> Told {
        let body = format!("card_number={number}&card_name=T&expiry=12%2F99&cvc=123");
        self.submit(&format!("/komoju/sessions/{session}/credit_card?locale=en"), &body).await
    }

    pub async fn take_slip(&self, session: &str) -> Told {
        let path = format!("/komoju/sessions/{session}/konbini?locale=en");
        self.submit(&path, "store=lawson&name=T&email=a%40example.com").await
    }
}

pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

pub fn api_request(method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Request<Body> {
    let authorisation = format!("Basic {}", BASE64.encode(format!("{KEY}:").as_bytes()));
    let mut all = vec![("authorization", authorisation.as_str()), ("content-type", "application/json")];
    all.extend(headers);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    request(method, &format!("/komoju/api/v1/{path}"), &all, &body)
}
