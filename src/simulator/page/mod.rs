//! The page for people.

pub mod html;

use super::state::App;
use axum::Router;

pub fn router() -> Router<App> {
    Router::new()
}
