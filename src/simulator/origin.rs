//! Keeps other web pages out: the simulator listens on this machine, where any page in the browser can post to it.

use super::state::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

/// Refuses what changes something and says that another site's page sent it, and whatever was asked for under a public
/// name: in an attack by DNS rebinding a foreign name leads to this machine, and its page would read the keys. Programs
/// name no origin and pass; so do the short names by which containers call each other.
pub async fn only_ours(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let headers = request.headers();
    if !has_public_name(headers) && (reads || is_ours(headers, &app.base_url)) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "only the simulator's own pages, and programs, may do this\n").into_response()
}

fn has_public_name(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    !address && name.contains('.') && !name.ends_with(".localhost")
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

    #[test]
    fn a_public_name_is_refused_and_addresses_and_short_names_are_not() {
        let to = |host: &'static str| HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        for host in ["evil.example:4000", "evil.example", "127.0.0.1.evil.example"] {
            assert!(has_public_name(&to(host)), "{host}");
        }
        for host in ["127.0.0.1:4000", "[::1]:4000", "localhost:4000", "simulator:4000", "pay.localhost:4000"] {
            assert!(!has_public_name(&to(host)), "{host}");
        }
    }
}
