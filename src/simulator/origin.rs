//! Keeps other web pages out: the simulator listens on this machine, where any page in the browser can post to it.

use super::state::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses what changes something and says that another site's page sent it. Programs name no origin and pass. What the
/// `Host` header says plays no part: in an attack by DNS rebinding it agrees with the origin.
pub async fn only_ours(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || is_ours(request.headers(), &app.base_url) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "only the simulator's own pages, and programs, may do this\n").into_response()
}

fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let port = base_url.rsplit_once(':').map_or("", |(_, port)| port);
    let here = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}:{port}"));
    here.iter().any(|own| origin == own.as_str()) || origin == base_url
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn another_sites_page_is_refused_and_a_program_is_not() {
        let base = "http://127.0.0.1:4000";
        let from = |origin: &'static str| HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(origin))]);
        assert!(is_ours(&HeaderMap::new(), base));
        for own in [base, "http://localhost:4000", "http://[::1]:4000"] {
            assert!(is_ours(&from(own), base), "{own}");
        }
        for other in ["http://localhost:3000", "https://127.0.0.1:4000", "http://evil.example:4000", "null"] {
            assert!(!is_ours(&from(other), base), "{other}");
        }
    }
}
