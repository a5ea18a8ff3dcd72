//! What each form does: read the request, change the basket or ask the checkout, and say where the browser looks next.
//! Nothing here is an error to the browser. The shopper's mistakes are values; the shop's own are logged here, once.

use super::basket::{self, BasketError};
use super::state::{AppState, state};
use super::visitor::{self, Visitor};
use super::{contact, order_view};
use crate::domain::{Contact, Market, OrderState, Problem};
use crate::payments::checkout::{self, Next};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use leptos::prelude::{ServerFnError, expect_context};
use leptos_axum::ResponseOptions;

pub async fn add_to_basket(variant: &str, quantity: &str, back: &str) {
    let request = Request::current();
    let added = async {
        let quantity = whole_number(quantity)?;
        let basket = request.basket_or_new().await?;
        basket::add(&request.state.pool, &basket, variant, quantity, request.state.clock.now()).await
    };
    request.answer(added.await, "/basket", back);
}

pub async fn set_quantity(variant: &str, quantity: &str) {
    let request = Request::current();
    let set = async {
        let quantity = whole_number(quantity)?;
        let basket = request.visitor().await?.basket.ok_or(Problem::BasketEmpty)?;
        basket::set_quantity(&request.state.pool, &basket, variant, quantity, request.state.clock.now()).await
    };
    request.answer(set.await, "/basket", "/basket");
}

pub async fn choose_market(market: &str, back: &str) {
    let request = Request::current();
    let chosen = async {
        let Some(market) = Market::from_code(market) else { return Ok(()) };
        request.set_cookie(visitor::market_cookie_header(&request.state, market));
        if let Some(basket) = request.visitor().await?.basket {
            basket::choose_market(&request.state.pool, &basket, market, request.state.clock.now()).await?;
        }
        Ok(())
    };
    request.answer(chosen.await, back, back);
}

pub async fn start_checkout(contact: Contact, method: &str) {
    let request = Request::current();
    let contact = contact::trimmed(contact);
    let started = async {
        let pool = &request.state.pool;
        let id = request.visitor().await?.basket.ok_or(Problem::BasketEmpty)?;
        // First of all, so that a mistake further on does not cost the whole form.
        basket::keep_contact(pool, &id, &contact).await?;
        let basket = basket::find(pool, &id).await?.ok_or(Problem::BasketEmpty)?;
        contact::check(&contact, basket.must_be_posted())?;
        if method.is_empty() {
            return Err(Problem::Method.into());
        }
        Ok(checkout::start(&request.state, &id, contact, method, request.language()).await?)
    };
    request.go_on(started.await, "/checkout");
}

pub async fn pay_again(token: &str, method: &str) {
    let request = Request::current();
    let next = checkout::pay_again(&request.state, token, method, request.language()).await;
    request.go_on(next.map_err(BasketError::from), &order_page(token));
}

pub async fn cancel_order(token: &str) {
    let request = Request::current();
    let cancelled = checkout::cancel(&request.state, token).await;
    request.answer(cancelled.map_err(BasketError::from), &order_page(token), &order_page(token));
}

/// Brings the basket up to what the order had, so that pressing twice does not double it. What has sold out meanwhile
/// is left out, and the basket's page says so.
pub async fn fill_basket_again(token: &str) {
    let request = Request::current();
    let filled = async {
        let AppState { pool, clock, .. } = &request.state;
        let (state, lines) = basket::of_order(pool, token).await?.ok_or(Problem::TryAgain)?;
        if !matches!(state, OrderState::Cancelled | OrderState::Expired) {
            return Err(Problem::TryAgain.into());
        }
        let id = request.basket_or_new().await?;
        let before = basket::find(pool, &id).await?.map(|basket| basket.lines).unwrap_or_default();
        let mut first_problem = Ok(());
        for (variant, wanted) in lines {
            let there = before.iter().find(|line| line.variant == variant).map_or(0, |line| line.quantity);
            if wanted > there {
                match basket::add(pool, &id, &variant, wanted - there, clock.now()).await {
                    Err(BasketError::Problem(problem)) => first_problem = first_problem.and(Err(problem)),
                    other => other?,
                }
            }
        }
        Ok(first_problem?)
    };
    request.answer(filled.await, "/basket", "/basket");
}

/// # Errors
/// When the database fails; the island then asks again later.
pub async fn read_order_version(token: &str) -> Result<Option<String>, ServerFnError> {
    let request = Request::current();
    let version = order_view::version(&request.state, token).await.map_err(|error| {
        tracing::error!(%error, "an order's version could not be read");
        ServerFnError::new("try again")
    })?;
    if version.is_none() {
        // As the order's page: trying addresses out is noticed here as well.
        request.answer.set_status(StatusCode::NOT_FOUND);
    }
    Ok(version)
}

/// The request that the server function is answering, and the answer's head.
struct Request {
    state: AppState,
    headers: HeaderMap,
    answer: ResponseOptions,
}

impl Request {
    /// leptos_axum provides both contexts to every server function.
    fn current() -> Request {
        Request { state: state(), headers: expect_context::<Parts>().headers, answer: expect_context() }
    }

    async fn visitor(&self) -> Result<Visitor, sqlx::Error> {
        Visitor::of(&self.state, &self.headers).await
    }

    async fn basket_or_new(&self) -> Result<String, BasketError> {
        let visitor = self.visitor().await?;
        if let Some(id) = visitor.basket {
            return Ok(id);
        }
        let token = basket::create(&self.state.pool, visitor.market, self.state.clock.now()).await?;
        self.set_cookie(visitor::basket_cookie_header(&self.state, &token));
        Ok(super::token::fingerprint(&token))
    }

    fn set_cookie(&self, cookie: HeaderValue) {
        self.answer.append_header(header::SET_COOKIE, cookie);
    }

    /// What the hosted page should speak: Japanese for those whose browser prefers it, English for the rest.
    fn language(&self) -> &'static str {
        let accepted = self.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        if accepted.is_some_and(|list| list.trim_start().to_ascii_lowercase().starts_with("ja")) { "ja" } else { "en" }
    }

    fn go_on(&self, next: Result<Next, BasketError>, back: &str) {
        match next {
            Ok(Next::HostedPage(url)) => self.see(&url),
            Ok(Next::OrderPage(token)) => self.see(&order_page(&token)),
            Err(error) => self.answer(Err(error), back, back),
        }
    }

    fn answer(&self, result: Result<(), BasketError>, next: &str, back: &str) {
        let problem = match result {
            Ok(()) => return self.see(local(next)),
            Err(BasketError::Problem(problem)) => problem,
            Err(BasketError::Database(error)) => {
                tracing::error!(%error, "a form could not be carried out");
                Problem::TryAgain
            }
        };
        self.see(&format!("{}?problem={}", local(back), problem.code()));
    }

    /// 303, whoever asks: the next request is a GET, and reloading it sends no form again.
    fn see(&self, place: &str) {
        let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/"));
        self.answer.insert_header(header::LOCATION, place);
        self.answer.set_status(StatusCode::SEE_OTHER);
    }
}

/// A path of this shop, without query. Browsers take `//host` and `/\host` for another site.
fn local(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '%');
    if path.starts_with('/') && !path.starts_with("//") && path.chars().all(plain) { path } else { "/" }
}

fn order_page(token: &str) -> String {
    format!("/orders/{token}")
}

fn whole_number(text: &str) -> Result<i64, Problem> {
    text.trim().parse().map_err(|_| Problem::Quantity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_the_browser_only_to_this_shop() {
        assert_eq!(local("/products/sencha-tin?problem=quantity#top"), "/products/sencha-tin");
        for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "", "evil", "/a\r\nb"] {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
    }

    #[test]
    fn a_quantity_is_a_whole_number_or_a_problem() {
        assert_eq!(whole_number(" 3 "), Ok(3));
        for nonsense in ["", "1.5", "three", "99999999999999999999", "1e3", "NaN"] {
            assert_eq!(whole_number(nonsense), Err(Problem::Quantity), "{nonsense:?}");
        }
    }
}
