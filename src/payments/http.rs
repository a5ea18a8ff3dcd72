//! The one HTTP client that speaks to providers: to the configured address only, with time limits, without following
//! redirects, and with no answer larger than it may be.

use super::{Forgery, ProviderError};
use crate::domain::Timestamp;
use axum::http::HeaderMap;
use reqwest::RequestBuilder;
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use std::time::Duration;
use url::{Origin, Url};

/// How long a provider may take for a whole answer. Two tries fit into a checkout's lease and into a request's time.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Providers' answers have a few kilobytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// How far a sender's clock may be ahead, in milliseconds.
pub const FUTURE_MS: i64 = 5 * 60_000;

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// `Unintelligible` when it is not what was expected.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|error| ProviderError::Unintelligible { cause: error.to_string() })
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of a success, or what the refusal means; `code` as for `error`.
    ///
    /// # Errors
    /// As `json` and `error`.
    pub fn read<T: DeserializeOwned>(&self, code: impl Fn(&[u8]) -> Option<String>) -> Result<T, ProviderError> {
        if self.is_success() { self.json() } else { Err(self.error(code)) }
    }

    /// A success whose body is not read, because it may be empty or of a shape that nobody documents: a refund that was
    /// taken for a failure would be sent again. `code` as for `error`.
    ///
    /// # Errors
    /// As `error`.
    pub fn accepted(&self, code: impl Fn(&[u8]) -> Option<String>) -> Result<(), ProviderError> {
        if self.is_success() { Ok(()) } else { Err(self.error(code)) }
    }

    /// What an answer that is no success means. `code` finds the provider's word for it in the body; it never is the
    /// provider's sentence, which may repeat what the shopper typed.
    pub fn error(&self, code: impl Fn(&[u8]) -> Option<String>) -> ProviderError {
        match self.status {
            429 => ProviderError::Unreachable { cause: "status 429".to_owned() },
            status @ 500..=599 => ProviderError::Failing { status },
            status => {
                let code = code(&self.body).unwrap_or_else(|| "without a code".to_owned());
                ProviderError::Refused { status, code }
            }
        }
    }
}

/// A header that carries a signature: there must be exactly one, or it depends on the reader which one counts.
pub fn only_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Forgery> {
    let mut values = headers.get_all(name).iter();
    let header = values.next().ok_or(Forgery::Missing)?;
    if values.next().is_some() {
        return Err(Forgery::Several);
    }
    header.to_str().map_err(|_| Forgery::Malformed)
}

/// A path below an API's address, which may end with a slash or not.
pub fn address(api_url: &Url, path: &str) -> String {
    format!("{}/{path}", api_url.as_str().trim_end_matches('/'))
}

/// A number as a moment in milliseconds, where its unit is not documented: as seconds, what is taken for milliseconds would
/// lie beyond the year 5138.
pub fn moment_of(number: i64) -> Timestamp {
    if number < 100_000_000_000 { number.saturating_mul(1000) } else { number }
}

/// Whether a signature's time is close enough to now: not older than `max_age_ms`, nor further ahead than clocks differ.
///
/// # Errors
/// `Stale`.
pub fn in_time(signed_at: Timestamp, now: Timestamp, max_age_ms: i64) -> Result<(), Forgery> {
    if (-FUTURE_MS..=max_age_ms).contains(&(now - signed_at)) { Ok(()) } else { Err(Forgery::Stale) }
}

/// A moment in RFC 3339, `2024-02-08T08:27:31Z` or `2020-08-17T18:03:53.000+09:00`, in milliseconds.
pub fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|time| time.as_millisecond())
}

/// Chooses the TLS implementation for the whole program; to be called once at start.
pub fn install_tls() {
    // A second call finds the first one's choice in place, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Speaks to one provider and to nobody else.
pub struct Client {
    inner: reqwest::Client,
    /// Scheme, host and port of the API: whatever an address is made of, a request goes nowhere else.
    api: Origin,
}

impl Client {
    /// # Panics
    /// When the TLS implementation was not chosen before, which is a mistake in this program and not in its input.
    pub fn new(api_url: &Url) -> Client {
        install_tls();
        let inner = reqwest::Client::builder()
            .timeout(ANSWER_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .user_agent(concat!("Noren/", env!("CARGO_PKG_VERSION")))
            .build()
            .expect("the TLS implementation is in place and nothing else can fail here");
        Client { inner, api: api_url.origin() }
    }

    pub fn get(&self, address: String) -> RequestBuilder {
        self.inner.get(address)
    }

    pub fn post(&self, address: String) -> RequestBuilder {
        self.inner.post(address)
    }

    pub fn put(&self, address: String) -> RequestBuilder {
        self.inner.put(address)
    }

    pub fn patch(&self, address: String) -> RequestBuilder {
        self.inner.patch(address)
    }

    pub fn delete(&self, address: String) -> RequestBuilder {
        self.inner.delete(address)
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// `Unreachable` when nothing, or only a part, came back, and when the request would have gone to somebody else;
    /// `Unintelligible` when the answer is larger than any real one.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, ProviderError> {
        // `without_url`: a provider's address may contain a session's name, which opens its page.
        let unreachable = |error: reqwest::Error| ProviderError::Unreachable { cause: cause(&error.without_url()) };
        let request = request.build().map_err(unreachable)?;
        if request.url().origin() != self.api {
            tracing::error!("a request to another address than the provider's own was not sent");
            return Err(ProviderError::Unreachable { cause: "not the provider's own address".to_owned() });
        }
        let mut response = self.inner.execute(request).await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(ProviderError::Unintelligible { cause: "an answer of more than 1 MiB".to_owned() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

/// The whole chain in one line: the outermost error only says that "sending failed".
fn cause(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::testing::StandIn;
    use super::*;
    use axum::http::{StatusCode, header};
    use axum::response::Redirect;
    use axum::routing::get;
    use serde_json::json;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_request_to_any_other_scheme_host_or_port_is_not_sent() {
        let (own, other) = (StandIn::answering([]).await, StandIn::answering([]).await);
        let client = Client::new(&own.url);
        let port = own.url.port().unwrap();
        for elsewhere in [
            other.url.to_string(),
            format!("http://localhost:{port}/base/sessions"),
            format!("https://127.0.0.1:{port}/base/sessions"),
            format!("http://127.0.0.1:{port}@{}/", other.url.authority()),
        ] {
            let sent = client.send(client.post(elsewhere.clone()).json(&json!({}))).await;
            let Err(ProviderError::Unreachable { cause }) = sent else { panic!("{elsewhere} was called") };
            assert_eq!(cause, "not the provider's own address");
        }
        assert_eq!((own.lines().len(), other.lines().len()), (0, 0));
        client.send(client.get(address(&own.url, "sessions/s1"))).await.unwrap();
        assert_eq!(own.lines(), ["GET /sessions/s1"]);
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_nobody_goes_there() {
        let followed = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&followed);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = axum::Router::new()
            .route("/302", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]) }))
            .route("/307", get(|| async { Redirect::temporary("/elsewhere") }))
            .route("/elsewhere", get(async move || count.fetch_add(1, Ordering::SeqCst).to_string()));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let client = Client::new(&url);
        for status in [302, 307] {
            let answer = client.send(client.get(address(&url, &status.to_string()))).await.unwrap();
            assert_eq!(answer.status, status);
            let read = answer.read::<serde_json::Value>(|_| None);
            assert!(matches!(read, Err(ProviderError::Refused { status: refused, .. }) if refused == status));
        }
        assert_eq!(followed.load(Ordering::SeqCst), 0);
    }
}
