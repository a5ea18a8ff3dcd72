//! The catalogue's pages, rendered about once a second instead of once a request.
//!
//! They are the same for every shopper of a market except for the number beside "Basket". So the rendered page is kept
//! in two halves, cut where that number goes, and who has no basket costs neither a rendering nor a database call.
//! Nothing depends on it: each process has its own, and an empty one only costs a rendering.

use super::state::AppState;
use super::visitor::{self, Visitor};
use crate::domain::{Market, Timestamp};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

/// Where the header of a shared page leaves the basket's number out. An HTML comment, because text cannot contain one:
/// it would be escaped.
pub const COUNT_GOES_HERE: &str = "<!--basket count-->";

const DOCUMENT_END: &str = "</html>";

/// How long a page is shown without a second thought, in milliseconds.
const FRESH_MS: i64 = 1_000;
/// How long it is shown to the others while one request renders it anew, in milliseconds.
const STALE_MS: i64 = 3_000;
/// Pages kept for one market. A catalogue is smaller; beyond it somebody is making addresses up.
const MOST_PAGES: usize = 500;
/// No page of ours comes near this many bytes.
const LARGEST_PAGE: usize = 2 * 1024 * 1024;

/// Told to the pages while a shared page is being rendered: show this market, and leave the basket's number out.
#[derive(Clone, Copy, Debug)]
pub struct Shared(pub Market);

/// Cheap to clone: all clones are the same cache. One shelf a market, in the order of `Market::ALL`.
#[derive(Clone, Default)]
pub struct PageCache(Arc<[Shelf; Market::ALL.len()]>);

/// The pages of one market by their paths.
type Shelf = RwLock<HashMap<String, Arc<Slot>>>;

#[derive(Default)]
struct Slot {
    page: RwLock<Option<Page>>,
    /// Held by the one request that renders.
    rendering: Mutex<()>,
}

#[derive(Clone)]
struct Page {
    before: Bytes,
    after: Bytes,
    /// The two halves joined: the page of everybody whose basket is empty.
    empty: Bytes,
    rendered_at: Timestamp,
}

/// The layer in front of the pages.
pub async fn serve(State((state, cache)): State<(AppState, PageCache)>, request: Request, next: Next) -> Response {
    if !is_shared(&request) {
        return next.run(request).await;
    }
    let visitor = if visitor::has_basket_cookie(&state, request.headers()) {
        match Visitor::of(&state, request.headers()).await {
            Ok(visitor) => visitor,
            Err(error) => {
                tracing::error!(%error, "the basket could not be read");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        }
    } else {
        Visitor { market: visitor::market(&state, request.headers()), basket: None, things: 0 }
    };
    match cache.page(visitor.market, &state, request, next).await {
        Ok(page) => page.answer(visitor.things),
        Err(response) => response,
    }
}

fn is_shared(request: &Request) -> bool {
    let path = request.uri().path();
    let is_catalogue =
        path == "/" || ["/products/", "/categories/", "/sellers/"].iter().any(|shelf| path.starts_with(shelf));
    is_catalogue && request.method() == Method::GET && request.uri().query().is_none()
}

impl PageCache {
    /// # Errors
    /// The response itself, when it is not a page to be kept.
    async fn page(&self, market: Market, state: &AppState, request: Request, next: Next) -> Result<Page, Response> {
        let slot = self.slot(market, request.uri().path());
        let now = state.clock.now();
        let known = slot.page();
        if let Some(page) = known.as_ref().filter(|page| page.age(now) < FRESH_MS) {
            return Ok(page.clone());
        }
        let _rendering = match known.filter(|page| page.age(now) < STALE_MS) {
            Some(stale) => match slot.rendering.try_lock() {
                Ok(rendering) => rendering,
                Err(_) => return Ok(stale),
            },
            None => slot.rendering.lock().await,
        };
        // Somebody else may have rendered it while this request waited.
        if let Some(page) = slot.page().filter(|page| page.age(now) < FRESH_MS) {
            return Ok(page);
        }
        let path = request.uri().path().to_owned();
        match render(market, now, request, next).await {
            Ok(page) => {
                *slot.page.write().unwrap_or_else(PoisonError::into_inner) = Some(page.clone());
                Ok(page)
            }
            Err(response) => {
                self.forget(market, &path);
                Err(response)
            }
        }
    }

    fn slot(&self, market: Market, path: &str) -> Arc<Slot> {
        let pages = &self.0[market as usize];
        if let Some(slot) = pages.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return slot.clone();
        }
        let mut pages = pages.write().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= MOST_PAGES {
            pages.clear();
        }
        pages.entry(path.to_owned()).or_default().clone()
    }

    fn forget(&self, market: Market, path: &str) {
        self.0[market as usize].write().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

impl Slot {
    fn page(&self) -> Option<Page> {
        self.page.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn render(market: Market, now: Timestamp, mut request: Request, next: Next) -> Result<Page, Response> {
    request.extensions_mut().insert(Shared(market));
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return Err(response);
    }
    let page = to_bytes(response.into_body(), LARGEST_PAGE).await.ok().and_then(|html| Page::cut(&html, now));
    page.ok_or_else(|| {
        tracing::error!("a catalogue page with a script, or without a place for the basket's count, cannot be shared");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

impl Page {
    /// `None` when there is no place for the count, or when the page has a script: that would carry a nonce, which must
    /// not be used twice. What Leptos writes after the document's end is for islands, of which the catalogue has none: it
    /// stays out.
    fn cut(html: &Bytes, rendered_at: Timestamp) -> Option<Page> {
        let place = find(html, COUNT_GOES_HERE)?;
        let end = find(html, DOCUMENT_END).map_or(html.len(), |at| at + DOCUMENT_END.len());
        let (before, after) = (html.slice(..place), html.slice(place + COUNT_GOES_HERE.len()..end));
        if [&before, &after].iter().any(|half| find(half, "<script").is_some()) {
            return None;
        }
        Some(Page { empty: [&before[..], &after[..]].concat().into(), before, after, rendered_at })
    }

    /// In milliseconds. A clock that was turned back makes a page old, not young for ever.
    fn age(&self, now: Timestamp) -> i64 {
        if now < self.rendered_at { i64::MAX } else { now - self.rendered_at }
    }

    fn answer(&self, things: i64) -> Response {
        let body = match things {
            0 => self.empty.clone(),
            _ => [&self.before[..], count(things).as_bytes(), &self.after[..]].concat().into(),
        };
        let mut headers = HeaderMap::with_capacity(3);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-language"));
        (headers, Body::from(body)).into_response()
    }
}

fn find(html: &[u8], what: &str) -> Option<usize> {
    html.windows(what.len()).position(|window| window == what.as_bytes())
}

/// The number beside "Basket", as the header shows it; nothing for an empty one.
pub fn count(things: i64) -> String {
    match things {
        0 => String::new(),
        _ => format!("<span class=\"count\">{things}</span>"),
    }
}

#[cfg(test)]
#[path = "page_cache_tests.rs"]
mod tests;
