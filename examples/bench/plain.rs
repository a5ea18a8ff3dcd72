//! The yardstick: an axum handler that answers with the shop's own page from memory, and does nothing else.

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;

/// Serves the file's bytes until it is killed.
///
/// # Errors
/// When the file cannot be read or the address not be bound.
pub async fn serve(listen: SocketAddr, page: PathBuf) -> anyhow::Result<()> {
    let page = Bytes::from(std::fs::read(&page).with_context(|| format!("{} cannot be read", page.display()))?);
    let answer = move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page) };
    axum::serve(TcpListener::bind(listen).await?, Router::new().route("/", get(answer))).await?;
    Ok(())
}
