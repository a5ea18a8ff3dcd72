//! Whether a form was sent from the shop's own pages.

use crate::server::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses what another site's page makes the shopper's browser send. Only the provider's POST to an order's page is
/// foreign by design, and changes nothing.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !path.starts_with("/orders/") && is_foreign(request.headers(), &state.settings.public_origin()) {
        tracing::warn!(path, "a form that another site sent was refused");
        return (StatusCode::FORBIDDEN, "This form was sent from another site. Please use the shop's own pages.\n")
            .into_response();
    }
    next.run(request).await
}

/// Browsers put `Origin` on every POST, `null` when a page hides where it is from; most say `Sec-Fetch-Site` too. Either
/// is enough to refuse. What comes without both is no browser that was tricked: a program sends what it likes anyway, and
/// has no shopper's cookie.
fn is_foreign(headers: &HeaderMap, own: &str) -> bool {
    let from_elsewhere = |value: &_| *value != own;
    let said_by_the_browser = |value: &_| *value != "same-origin" && *value != "none";
    headers.get_all(header::ORIGIN).iter().any(from_elsewhere)
        || headers.get_all("sec-fetch-site").iter().any(said_by_the_browser)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn either_header_is_enough_to_refuse_and_neither_means_no_browser() {
        let foreign = |list: &[(&'static str, &'static str)]| {
            let headers = list.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
            is_foreign(&headers.collect(), "https://shop.example")
        };
        for own in [
            &[][..],
            &[("origin", "https://shop.example")],
            &[("origin", "https://shop.example"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-origin")],
        ] {
            assert!(!foreign(own), "{own:?}");
        }
        for elsewhere in [
            &[("origin", "null")][..],
            &[("origin", "http://shop.example")],
            &[("origin", "https://shop.example:8443")],
            &[("origin", "https://shop.example.evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://shop.example"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(foreign(elsewhere), "{elsewhere:?}");
        }
    }
}
