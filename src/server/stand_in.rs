//! The simulator in the providers' place: the same keys on both sides, whoever made them.

use super::settings::{
    BpcSettings, DojoSettings, KomojuSettings, ProviderSettings, Settings, StablemintSettings, Wishes,
};
use crate::payments::signature::{RsaPrivateKey, RsaPublicKey};
use crate::simulator::{Access, BpcKeys, DojoKeys, KomojuKeys, Setup, StablemintKeys};
use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use url::Url;

/// What the simulator is started with: the shop's own keys, where there are some.
pub fn setup(settings: &Settings) -> Setup {
    let ProviderSettings { komoju, dojo, bpc, stablemint } = &settings.providers;
    Setup {
        listen: settings.simulator_listen,
        shop_url: settings.public_url.clone(),
        state_file: settings.simulator_state_file(),
        komoju: komoju.as_ref().map_or_else(KomojuKeys::default, |komoju| KomojuKeys {
            secret_key: Some(text(&komoju.secret_key)),
            webhook_secrets: texts(&komoju.webhook_secrets),
        }),
        dojo: dojo.as_ref().map_or_else(DojoKeys::default, |dojo| DojoKeys {
            api_key: Some(text(&dojo.api_key)),
            webhook_secrets: texts(&dojo.webhook_secrets),
        }),
        bpc: bpc.as_ref().map_or_else(BpcKeys::default, |bpc| BpcKeys {
            api_key: Some(text(&bpc.api_key)),
            webhook_secrets: texts(&bpc.webhook_secrets),
        }),
        stablemint: StablemintKeys {
            webhook_private_keys: texts(&settings.simulator_stablemint_keys),
            ..stablemint.as_ref().map_or_else(StablemintKeys::default, |stablemint| StablemintKeys {
                api_key: Some(text(&stablemint.api_key)),
                api_secret: Some(text(&stablemint.api_secret)),
                private_key: Some(text(&stablemint.private_key_text)),
                webhook_private_keys: Vec::new(),
            })
        },
    }
}

/// What the shop must know to take the simulator for all of the providers.
///
/// # Errors
/// When the simulator tells something that is no address or no key.
pub fn providers(simulator: &Access, wishes: Wishes) -> anyhow::Result<ProviderSettings> {
    let Access { komoju, dojo, bpc, stablemint, .. } = simulator;
    let keys = stablemint.webhook_keys.iter().map(|key| RsaPublicKey::read(key));
    Ok(ProviderSettings {
        komoju: Some(KomojuSettings {
            secret_key: komoju.secret_key.clone().into(),
            webhook_secrets: secrets(&komoju.webhook_secrets),
            api_url: Url::parse(&komoju.api_url)?,
        }),
        dojo: Some(DojoSettings {
            api_key: dojo.api_key.clone().into(),
            webhook_secrets: secrets(&dojo.webhook_secrets),
            api_url: Url::parse(&dojo.api_url)?,
            capture: wishes.dojo_capture,
        }),
        bpc: Some(BpcSettings {
            api_key: bpc.api_key.clone().into(),
            webhook_secrets: secrets(&bpc.webhook_secrets),
            api_url: Url::parse(&bpc.api_url)?,
            webhook_max_age_ms: wishes.bpc_webhook_max_age_ms,
        }),
        stablemint: Some(StablemintSettings {
            api_key: stablemint.api_key.clone().into(),
            api_secret: stablemint.api_secret.clone().into(),
            private_key: Arc::new(RsaPrivateKey::read(&stablemint.private_key).context("StableMint's merchant key")?),
            private_key_text: stablemint.private_key.clone().into(),
            webhook_keys: keys.collect::<Result<_, _>>().context("StableMint's webhook keys")?,
            api_url: Url::parse(&stablemint.api_url)?,
            dialect: wishes.stablemint_dialect,
            webhook_max_age_ms: wishes.stablemint_webhook_max_age_ms,
        }),
    })
}

/// What to set so that a shop elsewhere talks to this simulator. Keys that were given are not repeated.
pub fn describe(settings: &Settings, simulator: &Access) -> Vec<(&'static str, String)> {
    let Access { komoju, dojo, bpc, stablemint, .. } = simulator;
    let mut lines = vec![("KOMOJU_API_URL", komoju.api_url.clone())];
    if settings.providers.komoju.is_none() {
        lines.push(("KOMOJU_SECRET_KEY", komoju.secret_key.clone()));
        lines.push(("KOMOJU_WEBHOOK_SECRETS", komoju.webhook_secrets.join(",")));
    }
    lines.push(("DOJO_API_URL", dojo.api_url.clone()));
    if settings.providers.dojo.is_none() {
        lines.push(("DOJO_API_KEY", dojo.api_key.clone()));
        lines.push(("DOJO_WEBHOOK_SECRETS", dojo.webhook_secrets.join(",")));
    }
    lines.push(("BPC_API_URL", bpc.api_url.clone()));
    if settings.providers.bpc.is_none() {
        lines.push(("BPC_API_KEY", bpc.api_key.clone()));
        lines.push(("BPC_WEBHOOK_SECRETS", bpc.webhook_secrets.join(",")));
    }
    lines.push(("STABLEMINT_API_URL", stablemint.api_url.clone()));
    if settings.providers.stablemint.is_none() {
        lines.push(("STABLEMINT_API_KEY", stablemint.api_key.clone()));
        lines.push(("STABLEMINT_API_SECRET", stablemint.api_secret.clone()));
        lines.push(("STABLEMINT_PRIVATE_KEY", stablemint.private_key.clone()));
    }
    // The shop has only the public half, so this is always worth printing.
    lines.push(("STABLEMINT_WEBHOOK_KEYS", stablemint.webhook_keys.join(",")));
    lines
}

fn text(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

fn texts(secrets: &[SecretString]) -> Vec<String> {
    secrets.iter().map(text).collect()
}

fn secrets(texts: &[String]) -> Vec<SecretString> {
    texts.iter().cloned().map(SecretString::from).collect()
}
