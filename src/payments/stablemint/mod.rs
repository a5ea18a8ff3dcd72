//! StableMint hosted session: bank payments in euros.
//!
//! The fact that surprises: there is no way to ask how a payment stands, to cancel a session, or to give money back over
//! the API. The webhook alone settles; one that never comes is a person's business, with StableMint's dashboard. The
//! second: amounts are decimal numbers.
//!
//! Sources: "Hosted Session", "API Authentication", "Receive Webhooks" and "Event Types" on <https://docs.stablemint.io>,
//! of which there are three generations that disagree. `STABLEMINT_DIALECT` chooses: `v1` is the one that the hosted
//! session's page describes, `v2` the newer ones. Both verify webhooks as the newer pages say: nothing less is defensible.

mod country;
mod reading;
mod wire;

use super::{Forgery, Notice, OpenPage, OpenedPage, Provider, ProviderError, Standing, Unreadable, http, signature};
use crate::domain::{Back, Currency, Market, Method, Money, ProviderName, Timestamp};
use crate::server::settings::{Dialect, StablemintSettings};
use async_trait::async_trait;
use axum::http::HeaderMap;
use data_encoding::{BASE64, HEXLOWER};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde_json::value::{RawValue, Value};
use wire::{CustomFields, SessionRequest};

/// What the sandbox takes ("min 0.1, max 10 in sandbox"), in cents.
const SANDBOX_LIMITS: std::ops::RangeInclusive<i64> = 10..=1_000;

pub struct Stablemint {
    client: http::Client,
    settings: StablemintSettings,
}

impl Stablemint {
    pub fn new(settings: StablemintSettings) -> Stablemint {
        Stablemint { client: http::Client::new(&settings.api_url), settings }
    }

    /// Everything but production is as narrow as the sandbox, the simulator too.
    fn is_sandbox(&self) -> bool {
        !self.is_below("stablemint.io")
    }

    fn is_below(&self, parent: &str) -> bool {
        self.settings.api_url.host_str().is_some_and(|host| host.ends_with(&format!(".{parent}")))
    }

    /// The body is serialised once: what is signed is what is sent.
    fn signed(&self, request: &OpenPage<'_>, user: &str, body: String) -> RequestBuilder {
        let (path, names, time, last) = match self.settings.dialect {
            Dialect::V1 => ("session/hosted", ["api_key", "timestamp", "signature"], request.now.to_string(), user),
            Dialect::V2 => (
                "session/hosted/partner-managed-customer",
                ["ApiKey", "Timestamp", "Signature"],
                (request.now / 1000).to_string(),
                body.as_str(),
            ),
        };
        let message = format!("{time},{},{last}", self.settings.api_secret.expose_secret());
        let signature = BASE64.encode(&self.settings.private_key.sign(message.as_bytes()));
        let address = http::address(&self.settings.api_url, path);
        self.client
            .post(address)
            .header("Content-Type", "application/json")
            .header(names[0], self.settings.api_key.expose_secret())
            .header(names[1], time)
            .header(names[2], signature)
            .body(body)
    }
}

#[async_trait]
impl Provider for Stablemint {
    fn name(&self) -> ProviderName {
        ProviderName::Stablemint
    }

    fn methods(&self, market: Market, total: Money) -> Vec<Method> {
        if market != Market::Europe {
            return Vec::new();
        }
        let limited = self.is_sandbox() && !SANDBOX_LIMITS.contains(&total.minor);
        let euro = |cents| Money::new(cents, Currency::Eur);
        let (least, most) = (euro(*SANDBOX_LIMITS.start()), euro(*SANDBOX_LIMITS.end()));
        vec![Method {
            provider: ProviderName::Stablemint,
            code: "bank_transfer",
            label: "Bank payment (StableMint)",
            hint: "You confirm a transfer with your bank. Your order is complete when the money has arrived.",
            unavailable: limited.then(|| format!("StableMint's sandbox takes from {least} to {most} at once.")),
        }]
    }

    /// The page's host is not documented, except that it is StableMint's.
    fn page_origins(&self) -> Vec<String> {
        let domain = ["stablemint.io", "stablemint.net"].into_iter().find(|domain| self.is_below(domain));
        vec![match domain {
            Some(domain) => format!("https://*.{domain}"),
            None => self.settings.api_url.origin().ascii_serialization(),
        }]
    }

    async fn open_page(&self, request: &OpenPage<'_>) -> Result<OpenedPage, ProviderError> {
        let attempt = request.attempt;
        let user = user(self.settings.api_secret.expose_secret(), &attempt.contact.email);
        let unwritable = |error: serde_json::Error| ProviderError::Unintelligible { cause: error.to_string() };
        let body = serde_json::to_string(&SessionRequest {
            user_id: &user,
            user_email: &attempt.contact.email,
            user_country_code: country::code(&attempt.contact.country),
            currency: attempt.amount.currency.code(),
            amount: RawValue::from_string(attempt.amount.to_decimal()).map_err(unwritable)?,
            success_url: request.back_url(Back::Success),
            support_url: request.support_url(),
            exit_url: request.back_url(Back::Exit),
            error_url: request.back_url(Back::Error),
            idempotency_key: &attempt.id,
            website_reference: &attempt.id,
            custom_fields: CustomFields { order: &attempt.order },
        })
        .map_err(unwritable)?;
        let answer = self.client.send(self.signed(request, &user, body)).await?;
        if !answer.is_success() {
            return Err(refusal(&answer));
        }
        let session: wire::Session = answer.json()?;
        let expires_at = session.expires_at.as_ref().and_then(moment);
        Ok(OpenedPage { session: session.reference, page_url: session.url, expires_at })
    }

    fn can_be_asked(&self) -> bool {
        false
    }

    async fn look_up(&self, _session: &str) -> Result<Standing, ProviderError> {
        Err(ProviderError::NotOffered)
    }

    async fn cancel(&self, _session: &str) -> Result<(), ProviderError> {
        Err(ProviderError::NotOffered)
    }

    async fn capture(&self, _payment: &str, _amount: Money) -> Result<(), ProviderError> {
        Err(ProviderError::NotOffered)
    }

    /// A refund is a new transfer to the shopper's account, which the shop does not know ("Withdrawal").
    async fn refund(&self, _payment: &str, _amount: Money, _key: &str) -> Result<(), ProviderError> {
        Err(ProviderError::NotOffered)
    }

    /// `StableMint-Signature` is the base64 of an RSA-SHA256 signature over `StableMint-Timestamp`, a comma and the raw
    /// body ("Receive Webhooks"). Retries come up to 195 minutes later, perhaps with the first signature.
    fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Forgery> {
        let time = http::only_header(headers, "StableMint-Timestamp")?;
        let signature = http::only_header(headers, "StableMint-Signature")?;
        let signature = BASE64.decode(signature.as_bytes()).map_err(|_| Forgery::Malformed)?;
        let message = [time.as_bytes(), b",", body].concat();
        if !self.settings.webhook_keys.iter().any(|key| key.verifies(&message, &signature)) {
            return Err(Forgery::Wrong);
        }
        let signed_at = http::moment(time).ok_or(Forgery::Malformed)?;
        http::in_time(signed_at, now, self.settings.webhook_max_age_ms)
    }

    fn read(&self, body: &[u8]) -> Result<Notice, Unreadable> {
        reading::notice(body)
    }
}

/// Seconds, milliseconds or text; `None` where it is nothing of these, for a page is no worse for that.
fn moment(at: &Value) -> Option<Timestamp> {
    let number = at.as_i64().filter(|number| *number > 0);
    number.map(http::moment_of).or_else(|| at.as_str().and_then(http::moment))
}

/// The same person has the same name on every visit. It is made with the secret: a plain hash would let anybody who has a
/// list of addresses find out whose it is.
fn user(secret: &str, email: &str) -> String {
    HEXLOWER.encode(&signature::sign(secret.as_bytes(), email.to_lowercase().as_bytes()))
}

/// Errors are not documented: the status is what there is. A conflict is about the idempotency key, whose first answer was
/// lost: nobody has that page's address, and the next press opens another one.
fn refusal(answer: &http::Answer) -> ProviderError {
    match answer.status {
        409 => ProviderError::Failing { status: 409 },
        _ => answer.error(|_| None),
    }
}

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod tests;
