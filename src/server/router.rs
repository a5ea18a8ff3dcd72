//! Every route on one page.

use super::downloads;
use super::page_cache::{self, PageCache};
use super::security::headers::{self, Headers};
use super::security::limits::{self, Limits};
use super::security::origin;
use super::state::AppState;
use crate::domain::Back;
use crate::payments::inbox::keeping::Keeping;
use crate::payments::webhook;
use crate::{api, pages};
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http_body_util::LengthLimitError;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// No form of the shop comes near this many bytes.
const FORM_LIMIT: usize = 32 * 1024;
/// How long a request to the shop may take, the reading of its body included.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

pub fn router(state: AppState) -> Router {
    // The webhook's door stands outside every layer that reads or rewrites a body: a signature is over the bytes as
    // they came (stripe/stripe-node#341 is years of people finding that out).
    let limits = Limits::of(&state.settings);
    let door = Router::new()
        .route("/webhooks/{provider}", post(webhook::receive))
        .layer(Extension(limits.clone()))
        .layer(Extension(Keeping::default()))
        .layer(not_kept());

    api::register();
    let routes = generate_route_list(pages::App);
    let context = {
        let state = state.clone();
        move || provide_context(state.clone())
    };
    let shell = {
        let options = state.leptos.clone();
        move || pages::shell(options.clone())
    };
    let health =
        Router::new().route("/healthz", get(|| async { "ok" })).route("/readyz", get(readyz)).layer(not_kept());
    let shop = Router::new()
        .route("/orders/{token}", post(back_by_post))
        .route("/orders/{token}/downloads/{variant}", get(downloads::open))
        .leptos_routes_with_context(&state, routes, context, shell)
        .layer(middleware::from_fn_with_state((state.clone(), PageCache::default()), page_cache::serve))
        .fallback(leptos_axum::file_and_error_handler::<AppState, _>(pages::shell))
        .layer(middleware::from_fn(whole_form))
        .layer(middleware::from_fn_with_state((state.clone(), limits), limits::guard))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check))
        .layer(RequestBodyLimitLayer::new(FORM_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT));

    let headers = Headers::of(&state.settings, &state.providers);
    let all = door.merge(health).merge(shop).layer(middleware::map_response_with_state(headers, headers::add));
    all.with_state(state)
}

/// Reads a form before it is worked on. One that does not say how long it is (`Transfer-Encoding: chunked`) is known to be
/// too large only then, and a server function would call that an error of its own.
async fn whole_form(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match to_bytes(body, FORM_LIMIT).await {
        Ok(form) => next.run(Request::from_parts(parts, Body::from(form))).await,
        Err(error) if is_too_large(&error) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut cause = Some(error as &dyn Error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// For answers that are true at the moment only.
fn not_kept() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

/// Ready when the database answers.
async fn readyz(State(state): State<AppState>) -> Response {
    match sqlx::query("select 1").execute(&state.pool).await {
        Ok(_) => "ready".into_response(),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

/// Some providers send the browser back with a POST, which carries no Lax cookie and would ask to be sent again on
/// reload (magento/magento2#38889): it becomes a GET. What the form says is not looked at.
async fn back_by_post(Path(token): Path<String>, Query(query): Query<HashMap<String, String>>) -> Response {
    if !token.chars().all(|c| c.is_ascii_alphanumeric()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let back = query.get("back").and_then(|code| Back::from_code(code));
    let hint = back.map(|back| format!("?back={}", back.code())).unwrap_or_default();
    Redirect::to(&format!("/orders/{token}{hint}")).into_response()
}
