//! The webhook's door: verify, write to the inbox, answer 200. Nothing is settled here.
//!
//! Answering before the work is done loses nothing, because what was answered with 200 is committed; answering after it
//! would make the provider's patience our time limit. Answering 200 without having it would be worse: shops that did
//! have lost the event for good when the work then failed (buggyblues/shadow#148).

use super::{Forgery, News, Notice, Provider, Subject, notice};
use crate::domain::ProviderName;
use crate::server::orders::notices::{self, Arrival};
use crate::server::state::AppState;
use crate::server::token;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use std::time::Duration;

/// Real webhooks have a few kilobytes.
const BODY_LIMIT: usize = 64 * 1024;
/// How long a sender may take for its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// `POST /webhooks/{provider}`: 200 kept (now or before) · 401 no valid signature · 404 no such provider · 408 too slow ·
/// 413 more than 64 KiB · 503 could not be kept, so please send it again.
pub async fn receive(
    State(state): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(provider) = ProviderName::from_code(&name).and_then(|name| state.providers.get(name)) else {
        return (StatusCode::NOT_FOUND, "This shop does not use this provider.\n").into_response();
    };
    let read = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, BODY_LIMIT).collect());
    let body = match read.await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return refused(provider, StatusCode::PAYLOAD_TOO_LARGE, "the body has more than 64 KiB"),
        Err(_) => return refused(provider, StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    };
    if let Err(forgery) = provider.verify(&headers, &body, state.clock.now()) {
        return turn_away(&state, provider, forgery).await;
    }
    match keep(&state, provider, &body).await {
        Ok(()) => (StatusCode::OK, "kept\n").into_response(),
        Err(error) => {
            tracing::error!(%error, provider = provider.name().code(), "a notice could not be kept");
            (StatusCode::SERVICE_UNAVAILABLE, "It could not be kept. Please send it again.\n").into_response()
        }
    }
}

fn refused(provider: &dyn Provider, status: StatusCode, why: &'static str) -> Response {
    tracing::warn!(provider = provider.name().code(), why, "a webhook was refused");
    (status, format!("{why}\n")).into_response()
}

async fn turn_away(state: &AppState, provider: &dyn Provider, forgery: Forgery) -> Response {
    let (name, reason) = (provider.name(), forgery.to_string());
    tracing::warn!(provider = name.code(), reason, "a webhook was refused");
    let counted = async {
        let mut db = state.pool.acquire().await?;
        notices::count_forgery(&mut db, name, &reason, state.clock.now()).await
    };
    if let Err(error) = counted.await {
        tracing::error!(%error, "a refused webhook could not be counted");
    }
    // Which check failed is ours to know: it would tell a forger how far they came.
    (StatusCode::UNAUTHORIZED, "The signature is not valid.\n").into_response()
}

/// Stores the notice. What is signed but cannot be read is stored too: the provider sent it, and a person must look.
async fn keep(state: &AppState, provider: &dyn Provider, body: &[u8]) -> Result<(), sqlx::Error> {
    let notice = notice::read(provider, body).unwrap_or_else(|unreadable| {
        tracing::error!(provider = provider.name().code(), %unreadable, "a signed webhook cannot be read");
        Notice {
            dedupe_key: format!("unreadable-{}", token::fingerprint_of(body)),
            event: "unreadable".to_owned(),
            subject: None,
            news: News::Nothing,
        }
    });
    let id = token::id();
    let arrival = Arrival {
        id: &id,
        provider: provider.name(),
        dedupe_key: &notice.dedupe_key,
        event: &notice.event,
        subject: notice.subject.as_ref().map(Subject::name),
        // PostgreSQL's text takes no zero byte; neither does any JSON that a provider sends.
        body: &String::from_utf8_lossy(body).replace('\0', ""),
    };
    let mut db = state.pool.acquire().await?;
    let new = notices::insert(&mut db, &arrival, state.clock.now()).await?;
    drop(db);
    tracing::info!(provider = provider.name().code(), event = notice.event, new, "a notice was kept");
    state.inbox_bell.notify_one();
    Ok(())
}
