//! KOMOJU Hosted Page: sessions, payments, webhooks.
//!
//! The fact that surprises: a session is `completed` when a slip was issued, days before anybody pays. Only the
//! payment's own status says what happened, and its currency and amount may differ from the session's.
//!
//! Sources: "Hosted Page", "Webhooks", "Idempotent requests" and "Errors" on <https://doc.komoju.com>, and KOMOJU's own
//! plugins on GitHub where those say more.

mod platform;
mod reading;
mod wire;

use super::{
    Forgery, News, Notice, OpenPage, OpenedPage, Provider, ProviderError, Stage, Standing, Subject, Unreadable, http,
    signature,
};
use crate::domain::{Market, Method, Money, ProviderName, Timestamp};
use crate::server::settings::KomojuSettings;
use async_trait::async_trait;
use axum::http::HeaderMap;
use platform::Sum;
use reading::{refunds, standing, standing_of_session};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The version of the API that this file was written against; without the header, the dashboard decides.
const API_VERSION: &str = "2025-01-28";
/// A konbini payment is limited by law and by the stores; KOMOJU documents no figure, so the shop uses the stores'.
const KONBINI_LIMIT: i64 = 300_000;

pub struct Komoju {
    client: http::Client,
    settings: KomojuSettings,
}

impl Komoju {
    pub fn new(settings: KomojuSettings) -> Komoju {
        Komoju { client: http::Client::new(&settings.api_url), settings }
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .basic_auth(self.settings.secret_key.expose_secret(), Some(""))
            .header("X-KOMOJU-API-VERSION", API_VERSION)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.authorised(self.client.get(self.address(path)))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.authorised(self.client.post(self.address(path)))
    }

    async fn open_session(&self, key: &str, body: Value) -> Result<OpenedPage, ProviderError> {
        let answer = self.client.send(self.post("sessions").header("X-KOMOJU-IDEMPOTENCY", key).json(&body)).await?;
        let session: wire::Session = read_answer(&answer)?;
        // It was told how long; the shop counts for itself.
        let page_url = session.session_url.unwrap_or_default();
        Ok(OpenedPage { session: session.id, page_url, expires_at: None })
    }

    fn address(&self, path: &str) -> String {
        http::address(&self.settings.api_url, path)
    }
}

#[async_trait]
impl Provider for Komoju {
    fn name(&self) -> ProviderName {
        ProviderName::Komoju
    }

    fn methods(&self, market: Market, total: Money) -> Vec<Method> {
        let method =
            |code, label, hint| Method { provider: ProviderName::Komoju, code, label, hint, unavailable: None };
        let card = method("credit_card", "Card", "Credit or debit card, with 3-D Secure where your bank asks for it.");
        match market {
            Market::Japan => vec![
                card,
                Method {
                    unavailable: (total.minor > KONBINI_LIMIT)
                        .then(|| "Convenience stores take at most ¥300,000 at once.".to_owned()),
                    ..method(
                        "konbini",
                        "Convenience store",
                        "You get a number, and pay in cash at the store within three days. A fee is added there.",
                    )
                },
                method("bank_transfer", "Bank transfer", "You get an account number, and transfer within a few days."),
                method("paypay", "PayPay", "You confirm the payment in the wallet's own page."),
            ],
            Market::Britain | Market::Europe => vec![card],
        }
    }

    fn page_origins(&self) -> Vec<String> {
        // The hosted page lives on the API's own host: https://komoju.com/sessions/<id>.
        vec![self.settings.api_url.origin().ascii_serialization()]
    }

    async fn open_page(&self, request: &OpenPage<'_>) -> Result<OpenedPage, ProviderError> {
        let key = &request.attempt.id;
        let divided = |sum| platform::details(request.attempt, request.lines, sum);
        let details = divided(Sum::Amounts);
        match self.open_session(key, session_body(request, details.as_ref())).await {
            // Refused, so there is no session. Asked again, the first key is refused again, and the second one finds
            // what it opened.
            Err(ProviderError::Refused { status: 400 | 422, code }) if details.is_some() => {
                tracing::info!(
                    attempt.id = key,
                    code,
                    "a divided session was refused: its amounts are said another way"
                );
                let details = divided(Sum::AmountsAndFees);
                self.open_session(&format!("{key}-net"), session_body(request, details.as_ref())).await
            }
            answer => answer,
        }
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    async fn look_up(&self, session: &str) -> Result<Standing, ProviderError> {
        let answer = self.client.send(self.get(&format!("sessions/{session}"))).await?;
        standing_of_session(&read_answer(&answer)?).map_err(|Unreadable(cause)| ProviderError::Unintelligible { cause })
    }

    /// A session with a slip is completed and cannot be cancelled any more; its payment can, while nobody has paid it.
    async fn cancel(&self, session: &str) -> Result<(), ProviderError> {
        let standing = self.look_up(session).await?;
        if let (Stage::Authorised, Some(payment)) = (standing.stage, standing.payment) {
            let answer = self.client.send(self.post(&format!("payments/{payment}/cancel"))).await?;
            return read_answer::<wire::Payment>(&answer).map(drop);
        }
        let answer = self.client.send(self.post(&format!("sessions/{session}/cancel"))).await?;
        read_answer::<wire::Session>(&answer).map(drop)
    }

    async fn capture(&self, payment: &str, amount: Money) -> Result<(), ProviderError> {
        let answer = self
            .client
            .send(self.post(&format!("payments/{payment}/capture")).json(&json!({ "amount": amount.minor })))
            .await?;
        read_answer::<wire::Payment>(&answer).map(drop)
    }

    /// A key is forgotten after 24 hours ("Idempotent requests"); the description stays, and tells this refund apart.
    async fn refund(&self, payment: &str, amount: Money, key: &str) -> Result<(), ProviderError> {
        let answer = self
            .client
            .send(
                self.post(&format!("payments/{payment}/refund"))
                    .header("X-KOMOJU-IDEMPOTENCY", key)
                    .json(&json!({ "amount": amount.minor, "description": key })),
            )
            .await?;
        read_answer::<wire::Payment>(&answer).map(drop)
    }

    /// Lower-case hexadecimal HMAC-SHA256 of the raw body in `X-Komoju-Signature` ("Webhooks", checked against five of
    /// KOMOJU's own plugins). There is no timestamp, so an old event can be replayed: the inbox makes that harmless.
    fn verify(&self, headers: &HeaderMap, body: &[u8], _now: Timestamp) -> Result<(), Forgery> {
        let header = http::only_header(headers, "X-Komoju-Signature")?;
        let given = data_encoding::HEXLOWER_PERMISSIVE.decode(header.as_bytes()).map_err(|_| Forgery::Malformed)?;
        let signed = signature::is_by_any(&self.settings.webhook_secrets, body, &given);
        if signed { Ok(()) } else { Err(Forgery::Wrong) }
    }

    fn read(&self, body: &[u8]) -> Result<Notice, Unreadable> {
        let event: wire::Event = serde_json::from_slice(body).map_err(|e| Unreadable(e.to_string()))?;
        if let Some((subject, news)) = platform::read(&event)? {
            return Ok(Notice { dedupe_key: event.id, event: event.kind, subject, news });
        }
        let is_refund = matches!(event.kind.as_str(), "payment.refund.created" | "payment.refunded");
        let is_standing = matches!(
            event.kind.as_str(),
            "payment.authorized"
                | "payment.captured"
                | "payment.updated"
                | "payment.expired"
                | "payment.cancelled"
                | "payment.failed"
        );
        let (session, news) = if is_refund || is_standing {
            let payment: wire::Payment =
                serde_json::from_value(event.data).map_err(|e| Unreadable(format!("data: {e}")))?;
            let mut told = standing(&payment)?;
            if event.kind == "payment.failed" && told.stage == Stage::Pending {
                // The try failed, and the payment waits for the next one.
                told.stage = Stage::Declined;
            }
            let news = if is_refund { News::Refunds(refunds(&payment)) } else { News::Standing(told) };
            (payment.session, news)
        } else {
            (None, News::Nothing)
        };
        // The event's id, not the X-Komoju-ID header: that one names a delivery and may change on every try.
        Ok(Notice { dedupe_key: event.id, event: event.kind, subject: session.map(Subject::Session), news })
    }
}

/// `external_order_num` is the attempt's id: KOMOJU refuses one that it has seen, and its own plugins add a suffix for
/// each attempt.
fn session_body(request: &OpenPage<'_>, platform_details: Option<&Value>) -> Value {
    let contact = &request.attempt.contact;
    let lines: Vec<_> = request
        .lines
        .iter()
        .map(|line| json!({ "description": line.title(), "amount": line.unit_price.minor, "quantity": line.quantity }))
        .collect();
    let mut body = json!({
        "mode": "payment",
        "amount": request.attempt.amount.minor,
        "currency": request.attempt.amount.currency.code(),
        "return_url": request.return_url,
        "email": contact.email,
        "default_locale": request.attempt.language,
        "expires_in_seconds": request.lifetime_seconds,
        "payment_types": [request.attempt.method],
        "line_items": lines,
        "metadata": { "order": request.attempt.order },
        // No postal address: the page does not need it, and what is not sent cannot leak.
        "payment_data": { "external_order_num": request.attempt.id, "name": contact.name, "capture": "auto" },
    });
    if let Some(details) = platform_details {
        body["payment_data"]["platform_details"] = details.clone();
    }
    body
}

/// One match on the status ("Errors"): success is exactly 200; 409 is "the first request is still running".
fn read_answer<T: DeserializeOwned>(answer: &http::Answer) -> Result<T, ProviderError> {
    match answer.status {
        200 => answer.json(),
        409 => Err(ProviderError::Unreachable { cause: "status 409".to_owned() }),
        _ => Err(answer
            .error(|body| serde_json::from_slice(body).ok().map(|refusal: wire::Refusal| refusal.error.to_string()))),
    }
}

#[cfg(test)]
mod tests;
