//! The webhook's door: verify, write to the inbox, answer 200. No order is touched here.
//!
//! Answering before the work is done loses nothing, because what was answered with 200 is committed; answering after it
//! would make the provider's patience our time limit. Answering 200 without having it would be worse: shops that did
//! have lost the event for good when the work then failed (buggyblues/shadow#148).

use super::inbox::NOTHING_TO_DO;
use super::inbox::keeping::{Keeping, NotKept};
use super::{Forgery, News, Provider, notice};
use crate::domain::ProviderName;
use crate::server::orders::notices::{self, Arrival};
use crate::server::security::caller::Caller;
use crate::server::security::limits::Limits;
use crate::server::state::AppState;
use crate::server::token;
use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
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
    Extension(keeping): Extension<Keeping>,
    Path(name): Path<String>,
    Extension(limits): Extension<Limits>,
    request: Request,
) -> Response {
    let Some(provider) = ProviderName::from_code(&name).and_then(|name| state.providers.get(name)) else {
        return (StatusCode::NOT_FOUND, "This shop does not use this provider.\n").into_response();
    };
    let (head, body) = request.into_parts();
    let name = provider.name();
    let tell = || limits.tell(name, Caller::of(&state.settings, &head), state.clock.now());
    let read = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, BODY_LIMIT).collect());
    let body = match read.await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return refused(name, tell(), StatusCode::PAYLOAD_TOO_LARGE, "the body has more than 64 KiB"),
        Err(_) => return refused(name, tell(), StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    };
    if let Err(forgery) = provider.verify(&head.headers, &body, state.clock.now()) {
        return turn_away(&state, name, tell(), forgery).await;
    }
    match keep(&state, &keeping, provider, &body).await {
        Ok(()) => (StatusCode::OK, "kept\n").into_response(),
        Err(NotKept) => {
            (StatusCode::SERVICE_UNAVAILABLE, "It could not be kept. Please send it again.\n").into_response()
        }
    }
}

/// `told`: as `Limits::tell` says it.
fn refused(name: ProviderName, told: Option<i64>, status: StatusCode, why: &'static str) -> Response {
    if let Some(untold) = told {
        tracing::warn!(provider = name.code(), why, untold, "a webhook was refused");
    }
    (status, format!("{why}\n")).into_response()
}

async fn turn_away(state: &AppState, name: ProviderName, told: Option<i64>, forgery: Forgery) -> Response {
    if let Some(untold) = told {
        let reason = forgery.to_string();
        tracing::warn!(provider = name.code(), reason, untold, "a webhook was refused");
        if let Err(error) = count(state, name, &reason, untold).await {
            tracing::error!(%error, "a refused webhook could not be counted");
        }
    }
    // Which check failed is ours to know: it would tell a forger how far they came.
    (StatusCode::UNAUTHORIZED, "The signature is not valid.\n").into_response()
}

async fn count(state: &AppState, name: ProviderName, reason: &str, untold: i64) -> Result<(), sqlx::Error> {
    let (mut db, now) = (state.pool.acquire().await?, state.clock.now());
    notices::count_forgeries(&mut db, name, reason, 1, now).await?;
    if untold > 0 {
        notices::count_forgeries(&mut db, name, "too many to tell one by one", untold, now).await?;
    }
    Ok(())
}

/// Stores the notice. What is signed but cannot be read is stored too: the provider sent it, and a person must look.
async fn keep(state: &AppState, keeping: &Keeping, provider: &dyn Provider, body: &[u8]) -> Result<(), NotKept> {
    let mut arrival = Arrival {
        id: token::id(),
        provider: provider.name(),
        dedupe_key: String::new(),
        event: String::new(),
        subject: None,
        // PostgreSQL's text takes no zero byte; neither does any JSON that a provider sends.
        body: String::from_utf8_lossy(body).replace('\0', ""),
        settled: None,
        received_at: state.clock.now(),
    };
    match notice::read(provider, body) {
        Ok(notice) => {
            arrival.subject = notice.subject.as_ref().map(|subject| subject.name().to_owned());
            arrival.dedupe_key = notice.dedupe_key;
            arrival.event = notice.event;
            arrival.settled = (notice.news == News::Nothing).then_some(NOTHING_TO_DO);
        }
        Err(unreadable) => {
            tracing::error!(provider = provider.name().code(), %unreadable, "a signed webhook cannot be read");
            arrival.dedupe_key = format!("unreadable-{}", token::fingerprint_of(body));
            arrival.event = "unreadable".to_owned();
        }
    }
    let (event, settled) = (arrival.event.clone(), arrival.settled.is_some());
    let new = keeping.keep(&state.pool, arrival).await?;
    tracing::info!(provider = provider.name().code(), event, new, "a notice was kept");
    if !settled {
        state.inbox_bell.notify_one();
    }
    Ok(())
}
