//! A browser without JavaScript, as far as a purchase needs one: cookies, forms, and where a form's answer leads. It has
//! the patience of a shopper: what was not answered is asked for again.

use super::process::fresh;
use super::wire::NOBODY;
use axum::http::{Method, StatusCode, header};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long it may take until the shop lives for long enough to answer. A shopper who gives up fails the test.
const PATIENCE: Duration = Duration::from_secs(600);
const BEFORE_TRYING_AGAIN: Duration = Duration::from_millis(100);

pub struct Browser {
    base: String,
    cookies: BTreeMap<String, String>,
}

/// What is typed at the checkout.
fn contact(method: &str) -> [(&str, &str); 7] {
    [
        ("email", "mika@example.com"),
        ("name", "Mika"),
        ("street", "1 Curtain Road"),
        ("city", "Kyoto"),
        ("postcode", "604-8001"),
        ("country", "Japan"),
        ("method", method),
    ]
}

pub struct Answer {
    pub status: StatusCode,
    /// Where a 303 leads; empty otherwise.
    pub place: String,
    pub text: String,
}

impl Browser {
    pub fn new(base: &str) -> Browser {
        Browser { base: base.to_owned(), cookies: BTreeMap::new() }
    }

    /// Another window of the same browser.
    pub fn window(&self) -> Browser {
        Browser { base: self.base.clone(), cookies: self.cookies.clone() }
    }

    pub async fn get(&mut self, place: &str) -> Answer {
        self.ask(Method::GET, place, &[]).await
    }

    pub async fn submit(&mut self, place: &str, form: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, place, form).await
    }

    /// A new basket with one thing in it.
    pub async fn fill_basket(&mut self, market: &str, variant: &str) {
        self.submit("/api/choose_market", &[("market", market), ("back", "/")]).await;
        self.take(variant).await;
    }

    pub async fn take(&mut self, variant: &str) {
        self.submit("/api/add_to_basket", &[("variant", variant), ("quantity", "1"), ("back", "/")]).await;
    }

    /// Presses the checkout's button.
    pub async fn check_out(&mut self, method: &str) -> Answer {
        self.submit("/api/start_checkout", &contact(method)).await
    }

    /// Presses the checkout's button, at the shop itself, and goes away before there is an answer.
    pub async fn leave_checkout(&self, shop: &str, method: &str) {
        let request = fresh().post(format!("{shop}/api/start_checkout")).header(header::COOKIE, self.cookies());
        let answer = request.form(&contact(method)).timeout(Duration::from_millis(700)).send().await;
        assert!(answer.is_err_and(|error| error.is_timeout()), "it was answered");
    }

    fn cookies(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    async fn ask(&mut self, method: Method, place: &str, form: &[(&str, &str)]) -> Answer {
        let begun = Instant::now();
        loop {
            if let Some(answer) = self.once(&method, place, form).await {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "{method} {place}: no answer");
            tokio::time::sleep(BEFORE_TRYING_AGAIN).await;
        }
    }

    /// `None` when nobody answered.
    async fn once(&mut self, method: &Method, place: &str, form: &[(&str, &str)]) -> Option<Answer> {
        let address = if place.starts_with('/') { format!("{}{place}", self.base) } else { place.to_owned() };
        let mut request = fresh().request(method.clone(), address).header(header::COOKIE, self.cookies());
        if method == Method::POST {
            request = request.form(form);
        }
        let answer = request.send().await.ok()?;
        if answer.headers().contains_key(NOBODY) {
            return None;
        }
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().ok()?.split(';').next()?;
            let (name, value) = pair.split_once('=')?;
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = answer.status();
        let place = answer.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
        let place = place.unwrap_or_default().to_owned();
        Some(Answer { status, place, text: answer.text().await.ok()? })
    }
}
