//! What the providers' unit tests share: an attempt to ask for, a stand-in that writes down what it is asked, and bodies
//! that are almost right.

use super::{Forgery, OpenPage, OpenedPage, Provider, ProviderError};
use crate::domain::{
    Attempt, AttemptState, BasketLine, Contact, Delivery, Money, ProviderName, SellerStanding, SoldBy, Timestamp,
};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use url::Url;

/// 2026-11-21T08:30:05Z, when every sample was signed.
pub const NOW: Timestamp = 1_795_249_805_000;
pub const RETURN_URL: &str = "https://shop.example/orders/tok";

/// A request as it came over the wire.
pub struct Asked {
    pub method: Method,
    /// With the query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    /// `POST /payment-intents`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Default)]
struct Books {
    asked: Vec<Asked>,
    answers: VecDeque<(u16, String)>,
}

/// Listens on a port of its own.
pub struct StandIn {
    pub url: Url,
    books: Arc<Mutex<Books>>,
}

impl StandIn {
    /// Gives these answers in turn, and 418 when they are used up. A text is sent as it is, other JSON as JSON.
    pub async fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> StandIn {
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let answers = answers.into_iter().map(|(status, value)| (status, text(value))).collect();
        let books = Arc::new(Mutex::new(Books { answers, ..Books::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/base", listener.local_addr().unwrap())).unwrap();
        let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&books));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        StandIn { url, books }
    }

    /// What was asked since the last call of this. The base path, which every request must have, is left out.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.books.lock().unwrap().asked)
    }

    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }
}

async fn answer(
    State(books): State<Arc<Mutex<Books>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let mut books = books.lock().unwrap();
    let path = uri.to_string().strip_prefix("/base").unwrap_or("outside of the API").to_owned();
    books.asked.push(Asked { method, path, headers, body });
    let (status, text) = books.answers.pop_front().unwrap_or((418, String::new()));
    (StatusCode::from_u16(status).unwrap(), text)
}

/// Asks for the page of an attempt of this amount: two tins, whose one title is longer than any provider takes.
pub async fn open(provider: &dyn Provider, amount: Money, asked_before: bool) -> Result<OpenedPage, ProviderError> {
    let lines = [line(None, Money::new(amount.minor / 2, amount.currency), 2)];
    open_lines(provider, amount, &lines, asked_before).await
}

/// The same for what is in these lines.
pub async fn open_lines(
    provider: &dyn Provider,
    amount: Money,
    lines: &[BasketLine],
    asked_before: bool,
) -> Result<OpenedPage, ProviderError> {
    let attempt = attempt(provider.name(), amount);
    let request =
        OpenPage { attempt: &attempt, lines, return_url: RETURN_URL, lifetime_seconds: 1800, now: NOW, asked_before };
    provider.open_page(&request).await
}

/// Tins; with a seller, the fee in percent.
pub fn line(seller: Option<(&str, i64)>, unit_price: Money, quantity: i64) -> BasketLine {
    let sold_by = seller.map(|(seller, fee_percent)| SoldBy {
        seller: seller.to_owned(),
        name: seller.to_owned(),
        fee_percent,
        standing: SellerStanding::Accepted,
    });
    BasketLine {
        variant: "tea-100".into(),
        slug: "tea".into(),
        name: "茶".repeat(120),
        label: String::new(),
        drawing: String::new(),
        delivery: Delivery::Post,
        quantity,
        unit_price,
        available: 99,
        sold_by,
    }
}

pub fn attempt(provider: ProviderName, amount: Money) -> Attempt {
    Attempt {
        id: "attempt00000001".into(),
        order: "order00000000001".into(),
        provider,
        method: "card".into(),
        state: AttemptState::Opening,
        amount,
        contact: Contact { email: "Mie@shop.example".into(), country: "Germany".into(), ..Contact::default() },
        language: "en".into(),
        session: None,
        page_url: None,
        payment: None,
        instructions: None,
        came_back: false,
        opened_at: NOW - 60_000,
        expires_at: NOW,
    }
}

/// Verifies a body that came with these headers.
pub fn verify(
    provider: &dyn Provider,
    headers: &[(&'static str, &str)],
    body: &[u8],
    now: Timestamp,
) -> Result<(), Forgery> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    provider.verify(&map, body, now)
}

/// Two thousand bodies that differ from the valid one in a few bytes, or in length; the same ones on every run.
pub fn almost(valid: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9e37_79b9_u32;
    // Xorshift: plain, and as random as this needs.
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        usize::try_from(state).unwrap() % below
    };
    (0..2_000).map(move |_| {
        let mut body = valid.to_vec();
        for _ in 0..=random(3) {
            let at = random(body.len());
            match random(4) {
                0 => body[at] = u8::try_from(random(256)).unwrap(),
                1 => body[at] = b"\"{}[],:=.-0e9n\\"[random(15)],
                2 => drop(body.remove(at)),
                _ => body.truncate(at.max(1)),
            }
            if body.is_empty() {
                body.push(b' ');
            }
        }
        body
    })
}
