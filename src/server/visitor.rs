//! Who is looking, as far as a request's headers tell: which basket, which market.

use super::state::AppState;
use super::{basket, token};
use crate::domain::Market;
use axum::http::{HeaderMap, HeaderValue, header};

const BASKET_DAYS: i64 = 90;
const MARKET_DAYS: i64 = 365;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub market: Market,
    /// The basket's id in the database; `None` before the first thing was put into it.
    pub basket: Option<String>,
    /// How many things are in it.
    pub things: i64,
}

impl Visitor {
    /// # Errors
    /// When the database fails.
    pub async fn of(state: &AppState, headers: &HeaderMap) -> Result<Visitor, sqlx::Error> {
        if let Some(token) = cookie(headers, basket_cookie(state)) {
            let id = token::fingerprint(token);
            if let Some((market, things)) = basket::glance(&state.pool, &id).await? {
                return Ok(Visitor { market, basket: Some(id), things });
            }
        }
        Ok(Visitor { market: market(state, headers), basket: None, things: 0 })
    }
}

/// Whether the request names a basket at all, which is known without asking the database.
pub fn has_basket_cookie(state: &AppState, headers: &HeaderMap) -> bool {
    cookie(headers, basket_cookie(state)).is_some()
}

/// The market of somebody without a basket: what they chose, or else what their browser's language suggests.
pub fn market(state: &AppState, headers: &HeaderMap) -> Market {
    let chosen = cookie(headers, market_cookie(state)).and_then(Market::from_code);
    chosen.unwrap_or_else(|| suggested_market(headers))
}

fn suggested_market(headers: &HeaderMap) -> Market {
    let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = language.split([',', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
    match first.as_str() {
        "en-gb" => Market::Britain,
        japanese if japanese == "ja" || japanese.starts_with("ja-") => Market::Japan,
        _ => Market::Europe,
    }
}

/// The cookie that opens a basket for 90 days.
pub fn basket_cookie_header(state: &AppState, token: &str) -> HeaderValue {
    set_cookie(state, basket_cookie(state), token, BASKET_DAYS)
}

/// The cookie that remembers a market before there is a basket.
pub fn market_cookie_header(state: &AppState, market: Market) -> HeaderValue {
    set_cookie(state, market_cookie(state), market.code(), MARKET_DAYS)
}

/// A browser takes a `__Host-` cookie only over https and from this very host, so no neighbour can plant one.
fn basket_cookie(state: &AppState) -> &'static str {
    if state.settings.is_https() { "__Host-noren_basket" } else { "noren_basket" }
}

fn market_cookie(state: &AppState) -> &'static str {
    if state.settings.is_https() { "__Host-noren_market" } else { "noren_market" }
}

/// `Lax`, not `Strict`: the way back from the hosted page comes from another site and must find the basket.
fn set_cookie(state: &AppState, name: &str, value: &str, days: i64) -> HeaderValue {
    let secure = if state.settings.is_https() { "; Secure" } else { "" };
    let max_age = days * 24 * 60 * 60;
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}"))
        .expect("names, tokens and market codes are letters, digits and underscores")
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn the_first_language_suggests_the_market() {
        let language = |text| suggested_market(&headers(&[(header::ACCEPT_LANGUAGE, text)]));
        assert_eq!(language("ja,en;q=0.8"), Market::Japan);
        assert_eq!(language("ja-JP"), Market::Japan);
        assert_eq!(language("jam"), Market::Europe);
        assert_eq!(language("en-GB,en;q=0.9"), Market::Britain);
        assert_eq!(language("fr,ja;q=0.5"), Market::Europe);
        assert_eq!(suggested_market(&HeaderMap::new()), Market::Europe);
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name_among_others() {
        let found = headers(&[(header::COOKIE, "xnoren_basket=no; noren_basket=yes; other=1")]);
        assert_eq!(cookie(&found, "noren_basket"), Some("yes"));
        assert_eq!(cookie(&found, "basket"), None);
    }
}
