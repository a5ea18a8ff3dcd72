//! Every route on one page.

use super::downloads;
use super::page_cache::{self, PageCache};
use super::state::AppState;
use crate::domain::Back;
use crate::payments::inbox::keeping::Keeping;
use crate::payments::webhook;
use crate::{api, pages};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::collections::HashMap;
use std::time::Duration;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// No form of the shop comes near this many bytes.
const FORM_LIMIT: usize = 32 * 1024;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

pub fn router(state: AppState) -> Router {
    // The webhook's door stands outside every layer that reads or rewrites a body: a signature is over the bytes as
    // they came (stripe/stripe-node#341 is years of people finding that out).
    let door = Router::new().route("/webhooks/{provider}", post(webhook::receive)).layer(Extension(Keeping::default()));

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
    let shop = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(readyz))
        .route("/orders/{token}", post(back_by_post))
        .route("/orders/{token}/downloads/{variant}", get(downloads::open))
        .leptos_routes_with_context(&state, routes, context, shell)
        .layer(middleware::from_fn_with_state((state.clone(), PageCache::default()), page_cache::serve))
        .fallback(leptos_axum::file_and_error_handler::<AppState, _>(pages::shell))
        .layer(middleware::from_fn_with_state(state.clone(), same_origin))
        .layer(RequestBodyLimitLayer::new(FORM_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        // An order's address opens it: it is told to nobody, the provider's page included.
        .layer(fixed(header::REFERRER_POLICY, "same-origin"));

    door.merge(shop).with_state(state)
}

fn fixed(name: header::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
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

/// Refuses what another site's page makes the shopper's browser send. Browsers put `Origin` on every cross-site POST;
/// what comes without it is not a browser that was tricked. Only the provider's POST to an order's page is foreign by
/// design, and changes nothing.
async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let from_elsewhere = request
        .headers()
        .get(header::ORIGIN)
        .is_some_and(|origin| origin.as_bytes() != state.settings.public_origin().as_bytes());
    if changes && from_elsewhere && !request.uri().path().starts_with("/orders/") {
        tracing::warn!(path = request.uri().path(), "a form that another site sent was refused");
        return (StatusCode::FORBIDDEN, "This form was sent from another site. Please use the shop's own pages.\n")
            .into_response();
    }
    next.run(request).await
}
