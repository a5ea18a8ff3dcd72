//! Dojo's webhook subscriptions, which its API manages: listed, made and mended by `noren doctor`.
//!
//! Changing the secret loses an event when the new one signs before the shop knows it. So there are two steps: a new
//! secret is made, which signs nothing yet; and it is activated only once it is among the shop's own settings.

use super::{Dojo, refusal};
use crate::payments::{ProviderError, http, signature};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

/// The one event that the shop needs ("sent when the payment is completed").
pub const EVENT: &str = "payment_intent.status_updated";

#[derive(Clone, Debug, Deserialize)]
pub struct Subscription {
    pub id: String,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub events: Vec<String>,
    #[serde(default)]
    pub secrets: Vec<Secret>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    pub id: String,
    pub value: SecretString,
    #[serde(default)]
    pub is_active: bool,
    pub created_at: Option<String>,
}

impl Subscription {
    /// The youngest secret; where times are missing, the last in the list.
    pub fn newest_secret(&self) -> Option<&Secret> {
        self.secrets.iter().max_by_key(|secret| secret.created_at.as_deref().and_then(http::moment))
    }

    pub fn is_sound(&self, url: &str) -> bool {
        self.url == url && self.events.iter().any(|event| event == EVENT)
    }

    /// Whether it is this shop's but for a mistake in its address or its events.
    pub fn is_for_us(&self, url: &str) -> bool {
        self.url == url || self.events.iter().any(|event| event == EVENT)
    }
}

impl Dojo {
    /// # Errors
    /// As every call to a provider; so do the others.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, ProviderError> {
        self.client.send(self.authorised(self.client.get(self.address("webhooks")))).await?.read(refusal)
    }

    /// Makes a subscription with a secret of its own.
    pub async fn subscribe(&self, url: &str) -> Result<Subscription, ProviderError> {
        let body = json!({ "events": [EVENT], "url": url, "description": "Noren" });
        self.client.send(self.post("webhooks").json(&body)).await?.read(refusal)
    }

    /// Points a subscription to this address, and adds the event it lacks. Its secrets stay.
    pub async fn mend(&self, subscription: &Subscription, url: &str) -> Result<Subscription, ProviderError> {
        let mut events = subscription.events.clone();
        if !events.iter().any(|event| event == EVENT) {
            events.push(EVENT.to_owned());
        }
        let request = self.client.patch(self.address(&format!("webhooks/{}", subscription.id)));
        self.client.send(self.authorised(request).json(&json!({ "events": events, "url": url }))).await?.read(refusal)
    }

    /// Adds a secret that does not sign yet; the answer has all of them.
    pub async fn add_secret(&self, subscription: &str) -> Result<Vec<Secret>, ProviderError> {
        #[derive(Deserialize)]
        struct Secrets {
            secrets: Vec<Secret>,
        }
        let answer = self.client.send(self.post(&format!("webhooks/{subscription}/secrets"))).await?;
        answer.read(refusal).map(|answer: Secrets| answer.secrets)
    }

    /// Lets a secret sign from now on. For one that the shop knows: see `knows`.
    pub async fn activate(&self, subscription: &str, secret: &str) -> Result<(), ProviderError> {
        let request = self.client.put(self.address(&format!("webhooks/{subscription}/secrets/{secret}/activate")));
        self.client.send(self.authorised(request)).await?.accepted(refusal)
    }

    /// Whether the shop would accept what this secret signs.
    pub fn knows(&self, secret: &Secret) -> bool {
        let value = secret.value.expose_secret();
        self.settings.webhook_secrets.iter().any(|known| known.expose_secret() == value)
    }
}

/// The header's value for a body: what Dojo writes, and `noren doctor` to try a secret.
pub fn signature_of(secret: &str, body: &[u8]) -> String {
    let pairs: Vec<String> =
        signature::sign(secret.as_bytes(), body).iter().map(|byte| format!("{byte:02X}")).collect();
    format!("sha256={}", pairs.join("-"))
}
