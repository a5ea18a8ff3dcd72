//! BPC eCommerce API V2, redirect integration: sessions, webhooks.
//!
//! The fact that surprises: the failure URL proves no failure, and the success URL no success; `session.completed` does,
//! with `paymentStatus`. A session lives 20 minutes, whatever one asks.
//!
//! Sources: "Redirect integration", "Webhooks", "Cancel and refund" and "API keys" on <https://dev.bpcbt.com>. What these
//! leave open is marked where it is decided.

mod reading;
mod wire;

use super::{Forgery, Notice, OpenPage, OpenedPage, Provider, ProviderError, Standing, Unreadable, http, signature};
use crate::domain::{Back, Market, Method, Money, ProviderName, Timestamp};
use crate::server::settings::BpcSettings;
use async_trait::async_trait;
use axum::http::HeaderMap;
use data_encoding::HEXLOWER_PERMISSIVE;
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

/// The version of the API that this file was written against.
const API_VERSION: &str = "2023-10-31";

pub struct Bpc {
    client: http::Client,
    settings: BpcSettings,
}

impl Bpc {
    pub fn new(settings: BpcSettings) -> Bpc {
        Bpc { client: http::Client::new(&settings.api_url), settings }
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("X-Api-Key", self.settings.api_key.expose_secret()).header("X-Version", API_VERSION)
    }

    fn address(&self, path: &str) -> String {
        http::address(&self.settings.api_url, path)
    }

    async fn post(&self, path: &str, body: Option<&Value>) -> Result<http::Answer, ProviderError> {
        let request = self.authorised(self.client.post(self.address(path)));
        self.client.send(if let Some(body) = body { request.json(body) } else { request }).await
    }

    async fn session(&self, id: &str) -> Result<wire::Session, ProviderError> {
        let request = self.authorised(self.client.get(self.address(&format!("sessions/{id}"))));
        self.client.send(request).await?.read(refusal)
    }
}

#[async_trait]
impl Provider for Bpc {
    fn name(&self) -> ProviderName {
        ProviderName::Bpc
    }

    /// Euros, which is what its sandbox takes.
    fn methods(&self, market: Market, _total: Money) -> Vec<Method> {
        match market {
            Market::Japan | Market::Britain => Vec::new(),
            Market::Europe => vec![Method {
                provider: ProviderName::Bpc,
                code: "card",
                label: "Card (BPC)",
                hint: "Credit or debit card. You have 20 minutes on the bank's page.",
                unavailable: None,
            }],
        }
    }

    fn page_origins(&self) -> Vec<String> {
        // The page lives beside the API: https://dev.bpcbt.com/payment/…
        vec![self.settings.api_url.origin().ascii_serialization()]
    }

    /// Not idempotent, and a session cannot be searched for. One whose answer was lost has a page that nobody knows the
    /// address of, and expires unpaid.
    async fn open_page(&self, request: &OpenPage<'_>) -> Result<OpenedPage, ProviderError> {
        let attempt = request.attempt;
        let body = json!({
            "amount": attempt.amount.minor,
            "currency": attempt.amount.currency.code(),
            "successUrl": request.back_url(Back::Success),
            "failureUrl": request.back_url(Back::Failure),
            "merchantReferenceId": attempt.id,
            "locale": attempt.language,
            "paymentData": { "captureMethod": "automatic" },
        });
        let session: wire::Session = self.post("sessions", Some(&body)).await?.read(refusal)?;
        let expires_at = session.expires_at.as_deref().and_then(http::moment);
        Ok(OpenedPage { session: session.id, page_url: session.payment_url.unwrap_or_default(), expires_at })
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    async fn look_up(&self, session: &str) -> Result<Standing, ProviderError> {
        Ok(reading::standing(&self.session(session).await?))
    }

    async fn cancel(&self, session: &str) -> Result<(), ProviderError> {
        self.post(&format!("sessions/{session}/expire"), None).await?.accepted(refusal)
    }

    async fn capture(&self, payment: &str, amount: Money) -> Result<(), ProviderError> {
        let body = json!({ "amount": amount.minor });
        self.post(&format!("payments/{payment}/capture"), Some(&body)).await?.accepted(refusal)
    }

    /// BPC's page on refunds was not public: the path and fields are inferred from its list of objects, and the other
    /// likely path is tried where this one is unknown. No idempotency is documented, so `key` travels as a reference.
    async fn refund(&self, payment: &str, amount: Money, key: &str) -> Result<(), ProviderError> {
        let body = json!({ "paymentId": payment, "amount": amount.minor, "merchantReferenceId": key });
        let mut answer = self.post("refunds", Some(&body)).await?;
        if answer.status == 404 {
            answer = self.post(&format!("payments/{payment}/refund"), Some(&body)).await?;
        }
        match answer.status {
            404 | 405 => Err(ProviderError::NotOffered),
            _ => answer.accepted(refusal),
        }
    }

    /// `X-Signature: t=<time>,v1=<hex>`: HMAC-SHA256 of the raw body, a dot and `t`, in this order, as the only public
    /// receiver has it. Everybody else's order is the reverse, so that one is taken too: a body begins with a brace and a
    /// time with a digit, so what was signed in one order says nothing in the other. While a secret is being changed there
    /// may be several `v1`.
    fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Forgery> {
        let header = SignatureHeader::read(http::only_header(headers, "X-Signature")?)?;
        let time = header.time.as_bytes();
        let messages = [[body, b".", time].concat(), [time, b".", body].concat()];
        let made = |given: &Vec<u8>| {
            messages.iter().any(|message| signature::is_by_any(&self.settings.webhook_secrets, message, given))
        };
        if !header.signatures.iter().any(made) {
            return Err(Forgery::Wrong);
        }
        http::in_time(header.time_ms()?, now, self.settings.webhook_max_age_ms)
    }

    fn read(&self, body: &[u8]) -> Result<Notice, Unreadable> {
        reading::notice(body)
    }
}

/// More than there are while a secret is being changed. Each is tried against the whole body, with each secret, before
/// anybody knows who sent it: a header of a hundred kilobytes has room for twenty thousand.
const MOST_SIGNATURES: usize = 8;

struct SignatureHeader<'a> {
    /// As it was written, which is how it was signed.
    time: &'a str,
    signatures: Vec<Vec<u8>>,
}

impl SignatureHeader<'_> {
    fn read(text: &str) -> Result<SignatureHeader<'_>, Forgery> {
        let (mut time, mut signatures) = (None, Vec::new());
        for part in text.split(',') {
            match part.trim().split_once('=').ok_or(Forgery::Malformed)? {
                ("t", _) if time.is_some() => return Err(Forgery::Malformed),
                ("t", value) => time = Some(value),
                ("v1", _) if signatures.len() == MOST_SIGNATURES => return Err(Forgery::Malformed),
                ("v1", value) => {
                    let bytes = HEXLOWER_PERMISSIVE.decode(value.as_bytes()).map_err(|_| Forgery::Malformed)?;
                    signatures.push(bytes);
                }
                // A later scheme beside this one.
                _ => {}
            }
        }
        let time = time.ok_or(Forgery::Malformed)?;
        if signatures.is_empty() { Err(Forgery::Malformed) } else { Ok(SignatureHeader { time, signatures }) }
    }

    /// In milliseconds; the unit on the wire is not documented, and the size tells it.
    fn time_ms(&self) -> Result<Timestamp, Forgery> {
        let number: i64 = self.time.parse().ok().filter(|number| *number >= 0).ok_or(Forgery::Malformed)?;
        Ok(http::moment_of(number))
    }
}

/// The shape of an error is not documented: a code is taken where there is one.
fn refusal(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        code: Option<String>,
        error: Option<Value>,
    }
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    let inner = || refusal.error.as_ref()?.get("code")?.as_str().map(str::to_owned);
    refusal.code.clone().or_else(inner)
}

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod tests;
