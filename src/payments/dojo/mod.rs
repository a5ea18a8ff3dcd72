//! Dojo Checkout Page: payment intents, webhooks.
//!
//! The fact that surprises: making an intent is not idempotent, whatever header is sent. Two calls make two intents that
//! can both be paid, so a call whose answer was lost is followed by a search. The second: webhooks name neither amount nor
//! reference, so that every one of them is followed by a look-up.
//!
//! Sources: "Checkout Page, step-by-step guide", "Payment intent", "Refund", "Reversal" and "Webhooks" on
//! <https://docs.dojo.tech>, and Dojo's own SDKs on GitHub for the signature.

mod reading;
pub mod subscriptions;
mod wire;

use super::{Forgery, Notice, OpenPage, OpenedPage, Provider, ProviderError, Standing, Unreadable, http, signature};
use crate::domain::{Back, Market, Method, Money, ProviderName, Timestamp};
use crate::server::settings::{Capture, DojoSettings};
use async_trait::async_trait;
use axum::http::HeaderMap;
use reading::standing;
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
pub use subscriptions::signature_of;
use wire::{CaptureMode, Found, Intent, Status};

/// The version of the API that this file was written against; the header is required on every call.
const API_VERSION: &str = "2026-02-27";
/// How long a held card is kept for the merchant's capture: Dojo allows less than 7 days.
const HELD_FOR: &str = "6.23:00:00";
/// How many intents a search answers at once, at most.
const PAGE: i64 = 100;
/// A search of more pages than a busy merchant fills in an hour is none.
const MOST_PAGES: usize = 50;
/// Clocks differ: a search begins this long before the attempt, in milliseconds.
const CLOCKS_DIFFER_MS: i64 = 10 * 60_000;

pub struct Dojo {
    client: http::Client,
    settings: DojoSettings,
}

impl Dojo {
    pub fn new(settings: DojoSettings) -> Dojo {
        Dojo { client: http::Client::new(&settings.api_url), settings }
    }

    /// "Basic" and the key as it is: Dojo wants no base64 ("API keys").
    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .header("Authorization", format!("Basic {}", self.settings.api_key.expose_secret()))
            .header("version", API_VERSION)
    }

    fn address(&self, path: &str) -> String {
        http::address(&self.settings.api_url, path)
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.authorised(self.client.post(self.address(path)))
    }

    /// Cancelled intents are "not found" unless one asks for them.
    async fn intent(&self, id: &str) -> Result<Intent, ProviderError> {
        let request = self.client.get(self.address(&format!("payment-intents/{id}?returnCanceled=true")));
        self.client.send(self.authorised(request)).await?.read(refusal)
    }

    async fn delete(&self, id: &str) -> Result<(), ProviderError> {
        let request = self.client.delete(self.address(&format!("payment-intents/{id}")));
        self.client.send(self.authorised(request)).await?.accepted(refusal)
    }

    async fn act(&self, id: &str, action: &str, body: &Value) -> Result<(), ProviderError> {
        self.client.send(self.post(&format!("payment-intents/{id}/{action}")).json(body)).await?.accepted(refusal)
    }

    /// The intent that an earlier call made although its answer was lost. Of several, all but one are cancelled first.
    async fn find(&self, request: &OpenPage<'_>) -> Result<Option<Intent>, ProviderError> {
        let mut ours: Vec<Intent> = Vec::new();
        let mut cursor = json!({ "limit": PAGE });
        for _ in 0..MOST_PAGES {
            let query = json!({
                "statuses": ["Created"],
                "startDate": written(request.attempt.opened_at - CLOCKS_DIFFER_MS),
                "endDate": written(request.now + CLOCKS_DIFFER_MS),
                "cursor": cursor,
            });
            let found: Found =
                self.client.send(self.post("payment-intents/search").json(&query)).await?.read(refusal)?;
            let is_last = found.data.is_empty();
            let of_this_attempt = |intent: &Value| intent["reference"] == request.attempt.id.as_str();
            for intent in found.data.into_iter().filter(of_this_attempt) {
                ours.push(wire::intent(intent)?);
            }
            // Whether the last page names a next one is not documented; an empty page ends it in any case.
            let Some(after) = found.after.filter(|after| !is_last && !after.is_empty()) else {
                return self.keep_one(ours).await;
            };
            cursor = json!({ "limit": PAGE, "after": after });
        }
        Err(ProviderError::Unintelligible { cause: "a search that does not end".to_owned() })
    }

    async fn keep_one(&self, intents: Vec<Intent>) -> Result<Option<Intent>, ProviderError> {
        let mut intents = intents.into_iter();
        let kept = intents.next();
        for other in intents {
            self.delete(&other.id).await?;
        }
        Ok(kept)
    }
}

#[async_trait]
impl Provider for Dojo {
    fn name(&self) -> ProviderName {
        ProviderName::Dojo
    }

    /// Pounds and euros.
    fn methods(&self, market: Market, _total: Money) -> Vec<Method> {
        match market {
            Market::Japan => Vec::new(),
            Market::Britain | Market::Europe => vec![Method {
                provider: ProviderName::Dojo,
                code: "card",
                label: "Card (Dojo)",
                hint: match self.settings.capture {
                    Capture::Auto => "Credit or debit card, with 3-D Secure where your bank asks for it.",
                    Capture::Manual => "Credit or debit card. It is held now, and charged when we send your things.",
                },
                unavailable: None,
            }],
        }
    }

    /// The page has a host of its own beside the real API, and shares the simulator's.
    fn page_origins(&self) -> Vec<String> {
        match self.settings.api_url.host_str() {
            Some("api.dojo.tech") => vec!["https://pay.dojo.tech".to_owned()],
            _ => vec![self.settings.api_url.origin().ascii_serialization()],
        }
    }

    async fn open_page(&self, request: &OpenPage<'_>) -> Result<OpenedPage, ProviderError> {
        let earlier = if request.asked_before { self.find(request).await? } else { None };
        let intent: Intent = match earlier {
            Some(intent) => intent,
            None => {
                let body = intent_body(request, self.settings.capture);
                self.client.send(self.post("payment-intents").json(&body)).await?.read(refusal)?
            }
        };
        let page_url = intent.payment_link.unwrap_or_default();
        Ok(OpenedPage { session: intent.id, page_url, expires_at: None })
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    async fn look_up(&self, session: &str) -> Result<Standing, ProviderError> {
        Ok(standing(&self.intent(session).await?))
    }

    /// A held card is let go by a reversal; an intent that nobody paid is cancelled.
    async fn cancel(&self, session: &str) -> Result<(), ProviderError> {
        let intent = self.intent(session).await?;
        match (intent.status, intent.capture_mode) {
            // The reversal's answer may have been lost.
            (Status::Canceled, _) | (Status::Reversed, CaptureMode::Manual) => Ok(()),
            (Status::Authorized, _) => self.act(session, "reversal", &json!({})).await,
            // Paid: Dojo refuses, and its refusal is the answer.
            (Status::Created | Status::Captured | Status::Refunded, _) | (Status::Reversed, CaptureMode::Auto) => {
                self.delete(session).await
            }
        }
    }

    async fn capture(&self, payment: &str, amount: Money) -> Result<(), ProviderError> {
        self.act(payment, "captures", &json!({ "amount": amount.minor })).await
    }

    async fn refund(&self, payment: &str, amount: Money, key: &str) -> Result<(), ProviderError> {
        let request = self.post(&format!("payment-intents/{payment}/refunds")).header("idempotencyKey", key);
        self.client.send(request.json(&json!({ "amount": amount.minor }))).await?.accepted(refusal)
    }

    /// `dojo-signature: sha256=4B-49-…`: HMAC-SHA256 of the raw body, in upper-case pairs joined by hyphens, which is what
    /// .NET's `BitConverter` writes; the key is the secret's text ("Webhooks", and the official .NET and PHP SDKs). There
    /// is no timestamp: the inbox makes a replay harmless.
    fn verify(&self, headers: &HeaderMap, body: &[u8], _now: Timestamp) -> Result<(), Forgery> {
        let text = http::only_header(headers, "dojo-signature")?;
        let (scheme, pairs) = text.split_once('=').ok_or(Forgery::Malformed)?;
        if !scheme.eq_ignore_ascii_case("sha256") {
            return Err(Forgery::Malformed);
        }
        let digits = pairs.replace('-', "");
        let given = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).map_err(|_| Forgery::Malformed)?;
        let signed = signature::is_by_any(&self.settings.webhook_secrets, body, &given);
        if signed { Ok(()) } else { Err(Forgery::Wrong) }
    }

    fn read(&self, body: &[u8]) -> Result<Notice, Unreadable> {
        reading::notice(body)
    }
}

fn intent_body(request: &OpenPage<'_>, capture: Capture) -> Value {
    let attempt = request.attempt;
    let money = |minor: i64| json!({ "value": minor, "currencyCode": attempt.amount.currency.code() });
    let lines = request.lines.iter().map(|line| {
        let total = line.unit_price.minor.saturating_mul(line.quantity);
        let name: String = line.title().chars().take(100).collect();
        json!({ "id": line.variant, "quantity": line.quantity, "name": name, "amountTotal": money(total) })
    });
    let mut body = json!({
        "amount": money(attempt.amount.minor),
        "reference": attempt.id,
        "description": format!("Order {}", attempt.order),
        "captureMode": "Auto",
        "itemLines": lines.collect::<Vec<_>>(),
        "customer": { "emailAddress": attempt.contact.email },
        "config": {
            "title": "Noren",
            "redirectUrl": request.back_url(Back::Success),
            "cancelUrl": request.back_url(Back::Exit),
            "details": { "showTotal": true, "showReference": false },
        },
        "expireAt": written(request.expires_at()),
        "metadata": { "order": attempt.order },
    });
    if capture == Capture::Manual {
        body["captureMode"] = json!("Manual");
        body["autoExpireIn"] = json!(HELD_FOR);
        body["autoExpireAction"] = json!("Release");
    }
    body
}

/// `2026-11-21T08:30:00.000Z`
fn written(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The names of the fields that Dojo objects to; its sentences may repeat what was sent.
fn refusal(body: &[u8]) -> Option<String> {
    let refusal: wire::Refusal = wire::read_loosely(body).ok()?;
    let fields: Vec<String> = refusal.errors.into_keys().collect();
    (!fields.is_empty()).then(|| fields.join(", "))
}

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod tests;
