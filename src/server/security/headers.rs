//! The headers of every answer: pages, files, redirects, refusals, the webhook's door.
//!
//! The content security policy names all that the shop's own pages need, and nothing else. Scripts run only on pages that
//! were rendered for one visitor, under a nonce of that one answer. Pages that are shared have no scripts and allow none,
//! so no nonce is ever used twice.

use crate::payments::Providers;
use crate::server::settings::Settings;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use std::fmt::Display;
use std::sync::Arc;

/// Cheap to clone.
#[derive(Clone)]
pub struct Headers(Arc<[(HeaderName, HeaderValue)]>);

/// The layer around everything. What an answer says by itself stays.
pub async fn add(State(Headers(list)): State<Headers>, mut answer: Response) -> Response {
    for (name, value) in list.iter() {
        answer.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    answer
}

impl Headers {
    pub fn of(settings: &Settings, providers: &Providers) -> Headers {
        let mut list = vec![
            (header::CONTENT_SECURITY_POLICY, policy(providers, "'none'")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            // frame-ancestors, for browsers that do not know it.
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            // An order's address opens it: it is told to nobody, the provider's page included. Not `no-referrer`, with
            // which browsers send the shop's own forms with `Origin: null`.
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(NOT_USED)),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        ];
        if settings.is_https() {
            // Without includeSubDomains: what else is below the shop's host, this program cannot know.
            let year = HeaderValue::from_static("max-age=31536000");
            list.push((header::STRICT_TRANSPORT_SECURITY, year));
        }
        Headers(list.into())
    }
}

/// Cards and addresses are typed by hand, on somebody else's page: not even the browser's own payment sheet is needed.
const NOT_USED: &str = "accelerometer=(), bluetooth=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    hid=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), \
    serial=(), usb=(), xr-spatial-tracking=()";

/// The policy of a page whose scripts carry this nonce.
pub fn policy_with_scripts(providers: &Providers, nonce: impl Display) -> HeaderValue {
    // Not 'strict-dynamic': it would ignore 'self', and the link by which Leptos preloads its module has no nonce.
    // 'wasm-unsafe-eval' allows WebAssembly to be compiled, and no JavaScript from text.
    policy(providers, &format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"))
}

/// `form-action` has the hosted pages' origins, because Chromium and Safari hold every redirect that follows a form
/// against the policy of the page that the form was on (w3c/webappsec-csp#8): with 'self' alone, nobody could pay.
fn policy(providers: &Providers, scripts: &str) -> HeaderValue {
    let mut origins: Vec<String> = providers.iter().flat_map(|provider| provider.page_origins()).collect();
    origins.sort();
    origins.dedup();
    let pages: String = origins.iter().map(|origin| format!(" {origin}")).collect();
    HeaderValue::from_str(&format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'; \
         object-src 'none'; form-action 'self'{pages}; frame-ancestors 'none'; base-uri 'none'"
    ))
    .expect("origins are written in ASCII, nonces in base64")
}
