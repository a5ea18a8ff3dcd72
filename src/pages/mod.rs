//! What the shopper sees, rendered on the server. Every form is a plain form, so that it works before, and without,
//! anything in the browser. A page may ask the database; only the islands in it also run in the
//! browser. Here: which address shows what, the shell around all of it, and what every page has in common.

mod about;
mod basket;
mod category;
mod checkout;
mod format;
mod frame;
mod home;
mod not_found;
mod order;
mod parts;
mod please_wait;
mod product;
mod seller;

pub use please_wait::please_wait;

use crate::domain::{Back, Problem};
use crate::server::page_cache::Shared;
use crate::server::security::headers::policy_with_scripts;
use crate::server::state::{AppState, state};
use crate::server::visitor::Visitor;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::{SsrMode, path};

/// Every page waits for its data (`SsrMode::Async`): status, title and headers are decided before anything is sent.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=not_found::NotFound>
                <Route path=path!("/") view=home::Home ssr=SsrMode::Async />
                <Route path=path!("/categories/:slug") view=category::Category ssr=SsrMode::Async />
                <Route path=path!("/products/:slug") view=product::Product ssr=SsrMode::Async />
                <Route path=path!("/sellers/:id") view=seller::Seller ssr=SsrMode::Async />
                <Route path=path!("/basket") view=basket::Basket ssr=SsrMode::Async />
                <Route path=path!("/checkout") view=checkout::Checkout ssr=SsrMode::Async />
                <Route path=path!("/orders/:token") view=order::Order ssr=SsrMode::Async />
                <Route path=path!("/orders/:token/support") view=order::Support ssr=SsrMode::Async />
                <Route path=path!("/about") view=about::About ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The document around every page. The browser's program is loaded only by the pages that contain an island.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    allow_scripts();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta
                    name="description"
                    content="Cloth, clay, tea and paper from small workshops, and a few things to download."
                />
                <meta name="theme-color" content="#f7f2e8" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options id="leptos" />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Lets the scripts of this one answer run, which Leptos gives the answer's nonce; so nobody may show it to somebody else.
/// (leptos_axum and router.rs provide all three.)
fn allow_scripts() {
    let answer = use_context::<ResponseOptions>();
    if let (Some(nonce), Some(state), Some(answer)) = (use_nonce(), use_context::<AppState>(), answer) {
        answer.insert_header(header::CONTENT_SECURITY_POLICY, policy_with_scripts(&state.providers, nonce));
        answer.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

/// The request that a page answers.
struct Here {
    state: AppState,
    visitor: Visitor,
    /// The page is being rendered for the cache: it must not show anything of this one visitor.
    shared: bool,
    path: String,
    /// What went wrong with the form that led here.
    problem: Option<Problem>,
    /// How a provider says the browser came back.
    back: Option<Back>,
}

impl Here {
    async fn now() -> Result<Here, sqlx::Error> {
        let state = state();
        // leptos_axum provides the request to every page.
        let request = expect_context::<Parts>();
        let shared = request.extensions.get::<Shared>().copied();
        let visitor = match shared {
            Some(Shared(market)) => Visitor { market, basket: None, things: 0 },
            None => Visitor::of(&state, &request.headers).await?,
        };
        let query = request.uri.query().unwrap_or_default();
        let value = |name| url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
        let problem = value("problem").and_then(|(_, code)| Problem::from_code(&code));
        let back = value("back").and_then(|(_, code)| Back::from_code(&code));
        Ok(Here { state, visitor, shared: shared.is_some(), path: request.uri.path().to_owned(), problem, back })
    }
}

/// Why there is no page.
enum Missing {
    /// No such product, category or order: told apart by nothing, so that addresses cannot be tried out.
    NotFound,
    Broken(sqlx::Error),
}

impl From<sqlx::Error> for Missing {
    fn from(error: sqlx::Error) -> Missing {
        Missing::Broken(error)
    }
}

/// A page: waits for its content and puts the frame around it, or around the reason why there is none.
fn page<F>(content: impl FnOnce(Here) -> F + Send + 'static) -> impl IntoView
where
    F: Future<Output = Result<AnyView, Missing>> + Send + 'static,
{
    Suspend::new(async move {
        let here = match Here::now().await {
            Ok(here) => here,
            Err(error) => return broken(&error).into_any(),
        };
        let frame = frame::Frame::of(&here);
        let content = match content(here).await {
            Ok(content) => content,
            Err(Missing::NotFound) => {
                set_status(StatusCode::NOT_FOUND);
                not_found::content().into_any()
            }
            Err(Missing::Broken(error)) => broken(&error).into_any(),
        };
        frame.around(content).into_any()
    })
}

fn broken(error: &sqlx::Error) -> impl IntoView + use<> {
    tracing::error!(%error, "a page could not be shown");
    set_status(StatusCode::INTERNAL_SERVER_ERROR);
    not_found::broken()
}

/// The part of the address that the route calls `name`.
fn parameter(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

fn set_status(status: StatusCode) {
    expect_context::<ResponseOptions>().set_status(status);
}

/// For what belongs to one shopper. The browser keeps no copy, so that Back shows what is true and not what was; and
/// no search engine keeps one either. (A header, because leptos_meta's `Meta` gets lost now and then in a page that
/// waits for its data.)
fn keep_no_copy() {
    let answer = expect_context::<ResponseOptions>();
    answer.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.insert_header(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
}
