//! What a download product opens, for the order that bought it and no longer than the money stays here.

use super::state::AppState;
use super::token;
use crate::domain::OrderState;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sqlx::Row;

pub struct DownloadFile {
    /// As catalogue.toml names it.
    path: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
}

/// Part of the program: a file that is served cannot be missing.
static FILES: [DownloadFile; 4] = [
    DownloadFile {
        path: "downloads/noren-pattern.svg",
        content_type: "image/svg+xml",
        bytes: include_bytes!("../../downloads/noren-pattern.svg"),
    },
    DownloadFile {
        path: "downloads/tide-wallpaper.svg",
        content_type: "image/svg+xml",
        bytes: include_bytes!("../../downloads/tide-wallpaper.svg"),
    },
    DownloadFile {
        path: "downloads/tea-zine.html",
        content_type: "text/html; charset=utf-8",
        bytes: include_bytes!("../../downloads/tea-zine.html"),
    },
    DownloadFile {
        path: "downloads/sashiko-sheet.svg",
        content_type: "image/svg+xml",
        bytes: include_bytes!("../../downloads/sashiko-sheet.svg"),
    },
];

pub fn file(path: &str) -> Option<&'static DownloadFile> {
    FILES.iter().find(|file| file.path == path)
}

/// `GET /orders/{token}/downloads/{variant}`. Wrong token, wrong variant and an order that does not open downloads all
/// look the same from outside: not found.
pub async fn open(State(state): State<AppState>, Path((token, variant)): Path<(String, String)>) -> Response {
    match find(&state, &token, &variant).await {
        Ok(Some(file)) => {
            let name = file.path.rsplit('/').next().unwrap_or(file.path);
            let headers = [
                (header::CONTENT_TYPE, file.content_type.to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such download, or it is not open.\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "a download could not be looked up");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn find(state: &AppState, token: &str, variant: &str) -> Result<Option<&'static DownloadFile>, sqlx::Error> {
    let row = sqlx::query(
        "select o.state, l.download from orders o join order_lines l on l.order_id = o.id
         where o.token_fingerprint = $1 and l.variant = $2 and l.delivery = 'download'",
    )
    .bind(token::fingerprint(token))
    .bind(variant)
    .fetch_optional(&state.pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let order: String = row.try_get("state")?;
    let path: String = row.try_get("download")?;
    Ok(OrderState::from_code(&order).is_some_and(opens).then(|| file(&path)).flatten())
}

/// Whether an order in this state opens its downloads.
pub fn opens(state: OrderState) -> bool {
    match state {
        OrderState::Fulfilled | OrderState::PartlyRefunded => true,
        OrderState::AwaitingPayment
        | OrderState::Paid
        | OrderState::Cancelled
        | OrderState::Expired
        | OrderState::Refunded
        | OrderState::NeedsReview => false,
    }
}
