//! The providers' settings. Each is on when its settings are complete and off when all are absent.

use super::addresses::api_address;
use super::{SettingsError, Source, list, value, whole_seconds};
use crate::payments::signature::{RsaPrivateKey, RsaPublicKey};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use url::Url;

/// What the merchant decides, whoever answers: the simulator is asked the same way.
#[derive(Clone, Copy, Debug)]
pub struct Wishes {
    /// `DOJO_CAPTURE`.
    pub dojo_capture: Capture,
    /// `STABLEMINT_DIALECT`.
    pub stablemint_dialect: Dialect,
    /// `BPC_WEBHOOK_MAX_AGE_SECONDS`, in milliseconds: how old a signature may be.
    pub bpc_webhook_max_age_ms: i64,
    /// `STABLEMINT_WEBHOOK_MAX_AGE_SECONDS`, in milliseconds: how old a signature may be.
    pub stablemint_webhook_max_age_ms: i64,
}

/// `None`: the provider is off.
#[derive(Clone, Default)]
pub struct ProviderSettings {
    pub komoju: Option<KomojuSettings>,
    pub dojo: Option<DojoSettings>,
    pub bpc: Option<BpcSettings>,
    pub stablemint: Option<StablemintSettings>,
}

#[derive(Clone)]
pub struct KomojuSettings {
    /// `KOMOJU_SECRET_KEY`: the API's key, `sk_test_…` or `sk_live_…`.
    pub secret_key: SecretString,
    /// `KOMOJU_WEBHOOK_SECRETS`: one or, while a secret is being rotated, several, separated by commas.
    pub webhook_secrets: Vec<SecretString>,
    /// `KOMOJU_API_URL`, without a slash at the end.
    pub api_url: Url,
}

#[derive(Clone)]
pub struct DojoSettings {
    /// `DOJO_API_KEY`: `sk_sandbox_…` or `sk_prod_…`.
    pub api_key: SecretString,
    /// `DOJO_WEBHOOK_SECRETS`: as KOMOJU's.
    pub webhook_secrets: Vec<SecretString>,
    /// `DOJO_API_URL`, without a slash at the end.
    pub api_url: Url,
    pub capture: Capture,
}

/// Whether a card is charged when it is accepted, or held until `noren capture`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    #[default]
    Auto,
    Manual,
}

#[derive(Clone)]
pub struct BpcSettings {
    /// `BPC_API_KEY`, sent as `X-Api-Key`.
    pub api_key: SecretString,
    /// `BPC_WEBHOOK_SECRETS`: as KOMOJU's.
    pub webhook_secrets: Vec<SecretString>,
    /// `BPC_API_URL`, without a slash at the end. Every acquirer has a host of its own.
    pub api_url: Url,
    /// How old a signature may be, in milliseconds.
    pub webhook_max_age_ms: i64,
}

#[derive(Clone)]
pub struct StablemintSettings {
    /// `STABLEMINT_API_KEY`.
    pub api_key: SecretString,
    /// `STABLEMINT_API_SECRET`: part of what is signed, never sent.
    pub api_secret: SecretString,
    /// `STABLEMINT_PRIVATE_KEY`: the merchant's, whose public half StableMint's dashboard has.
    pub private_key: Arc<RsaPrivateKey>,
    /// The same as it was set, for a simulator that must know it.
    pub private_key_text: SecretString,
    /// `STABLEMINT_WEBHOOK_KEYS`: StableMint's own public keys, separated by commas.
    pub webhook_keys: Vec<RsaPublicKey>,
    /// `STABLEMINT_API_URL`, without a slash at the end.
    pub api_url: Url,
    pub dialect: Dialect,
    /// How old a signature may be, in milliseconds.
    pub webhook_max_age_ms: i64,
}

/// Which generation of StableMint's documentation an account speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `api_key`, milliseconds, the signature over the user; `InwardPayment…` events.
    #[default]
    V1,
    /// `ApiKey`, seconds, the signature over the body; `partner.customer.deposit.…` events.
    V2,
}

pub const KOMOJU_API_URL: &str = "https://komoju.com/api/v1";
pub const DOJO_API_URL: &str = "https://api.dojo.tech";
pub const BPC_API_URL: &str = "https://dev.bpcbt.com/api2";
pub const STABLEMINT_API_URL: &str = "https://paymentinitiationservice-rest.stablemint.io";

/// BPC documents neither how long it tries nor whether it signs a retry afresh: two days lose none of them.
const BPC_MAX_AGE_SECONDS: i64 = 2 * 86_400;
/// StableMint's last retry comes 195 minutes after the first try, perhaps with its signature.
const STABLEMINT_MAX_AGE_SECONDS: i64 = 4 * 3_600;

impl Wishes {
    /// # Errors
    /// Names the first setting that cannot be used.
    pub fn read(source: Source<'_>) -> Result<Wishes, SettingsError> {
        let age = |name, default| whole_seconds(source, name, default).map(|seconds| seconds * 1000);
        Ok(Wishes {
            dojo_capture: choice(source, "DOJO_CAPTURE", [("auto", Capture::Auto), ("manual", Capture::Manual)])?,
            stablemint_dialect: choice(source, "STABLEMINT_DIALECT", [("v1", Dialect::V1), ("v2", Dialect::V2)])?,
            bpc_webhook_max_age_ms: age("BPC_WEBHOOK_MAX_AGE_SECONDS", BPC_MAX_AGE_SECONDS)?,
            stablemint_webhook_max_age_ms: age("STABLEMINT_WEBHOOK_MAX_AGE_SECONDS", STABLEMINT_MAX_AGE_SECONDS)?,
        })
    }
}

fn choice<T: Copy + Default>(
    source: Source<'_>,
    name: &'static str,
    choices: [(&str, T); 2],
) -> Result<T, SettingsError> {
    let Some(text) = value(source, name) else { return Ok(T::default()) };
    let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
    let reason = || format!("{text:?} is neither {} nor {}", choices[0].0, choices[1].0);
    chosen.ok_or_else(|| SettingsError::Invalid { name, reason: reason() })
}

impl ProviderSettings {
    /// # Errors
    /// Names the first setting that is missing or cannot be used.
    pub fn read(source: Source<'_>, wishes: Wishes) -> Result<ProviderSettings, SettingsError> {
        Ok(ProviderSettings {
            komoju: komoju(source)?,
            dojo: dojo(source, wishes)?,
            bpc: bpc(source, wishes)?,
            stablemint: stablemint(source, wishes)?,
        })
    }

    pub fn any(&self) -> bool {
        self.komoju.is_some() || self.dojo.is_some() || self.bpc.is_some() || self.stablemint.is_some()
    }
}

/// The settings of one provider: what must be there if anything is.
struct Group<'a> {
    source: Source<'a>,
    provider: &'static str,
}

impl<'a> Group<'a> {
    /// `None` when neither `needed` nor `others` are set.
    fn new(
        source: Source<'a>,
        provider: &'static str,
        needed: &[&'static str],
        others: &[&'static str],
    ) -> Result<Option<Group<'a>>, SettingsError> {
        let is_set = |name: &&&str| !list(source, name).is_empty();
        if needed.iter().chain(others).find(is_set).is_none() {
            return Ok(None);
        }
        match needed.iter().find(|name| !is_set(name)) {
            Some(name) => Err(SettingsError::Half { provider, name }),
            None => Ok(Some(Group { source, provider })),
        }
    }

    fn secret(&self, name: &'static str) -> Result<SecretString, SettingsError> {
        let value = value(self.source, name).map(SecretString::from);
        value.ok_or(SettingsError::Half { provider: self.provider, name })
    }

    fn secrets(&self, name: &str) -> Vec<SecretString> {
        list(self.source, name).into_iter().map(SecretString::from).collect()
    }
}

fn komoju(source: Source<'_>) -> Result<Option<KomojuSettings>, SettingsError> {
    let needed = ["KOMOJU_SECRET_KEY", "KOMOJU_WEBHOOK_SECRETS"];
    let Some(group) = Group::new(source, "KOMOJU", &needed, &["KOMOJU_API_URL"])? else { return Ok(None) };
    Ok(Some(KomojuSettings {
        secret_key: group.secret("KOMOJU_SECRET_KEY")?,
        webhook_secrets: group.secrets("KOMOJU_WEBHOOK_SECRETS"),
        api_url: api_address(source, "KOMOJU_API_URL", KOMOJU_API_URL)?,
    }))
}

fn dojo(source: Source<'_>, wishes: Wishes) -> Result<Option<DojoSettings>, SettingsError> {
    let needed = ["DOJO_API_KEY", "DOJO_WEBHOOK_SECRETS"];
    let Some(group) = Group::new(source, "Dojo", &needed, &["DOJO_API_URL"])? else {
        return Ok(None);
    };
    Ok(Some(DojoSettings {
        api_key: group.secret("DOJO_API_KEY")?,
        webhook_secrets: group.secrets("DOJO_WEBHOOK_SECRETS"),
        api_url: api_address(source, "DOJO_API_URL", DOJO_API_URL)?,
        capture: wishes.dojo_capture,
    }))
}

fn bpc(source: Source<'_>, wishes: Wishes) -> Result<Option<BpcSettings>, SettingsError> {
    let needed = ["BPC_API_KEY", "BPC_WEBHOOK_SECRETS"];
    let Some(group) = Group::new(source, "BPC", &needed, &["BPC_API_URL"])? else {
        return Ok(None);
    };
    Ok(Some(BpcSettings {
        api_key: group.secret("BPC_API_KEY")?,
        webhook_secrets: group.secrets("BPC_WEBHOOK_SECRETS"),
        api_url: api_address(source, "BPC_API_URL", BPC_API_URL)?,
        webhook_max_age_ms: wishes.bpc_webhook_max_age_ms,
    }))
}

fn stablemint(source: Source<'_>, wishes: Wishes) -> Result<Option<StablemintSettings>, SettingsError> {
    let needed = ["STABLEMINT_API_KEY", "STABLEMINT_API_SECRET", "STABLEMINT_PRIVATE_KEY", "STABLEMINT_WEBHOOK_KEYS"];
    let Some(group) = Group::new(source, "StableMint", &needed, &["STABLEMINT_API_URL"])? else { return Ok(None) };
    let invalid = |name| {
        move |reason: crate::payments::signature::BadKey| SettingsError::Invalid { name, reason: reason.to_string() }
    };
    let private_key_text = group.secret("STABLEMINT_PRIVATE_KEY")?;
    let private_key =
        RsaPrivateKey::read(private_key_text.expose_secret()).map_err(invalid("STABLEMINT_PRIVATE_KEY"))?;
    let webhook_keys = list(source, "STABLEMINT_WEBHOOK_KEYS").into_iter().map(|key| RsaPublicKey::read(&key));
    Ok(Some(StablemintSettings {
        api_key: group.secret("STABLEMINT_API_KEY")?,
        api_secret: group.secret("STABLEMINT_API_SECRET")?,
        private_key: Arc::new(private_key),
        private_key_text,
        webhook_keys: webhook_keys.collect::<Result<_, _>>().map_err(invalid("STABLEMINT_WEBHOOK_KEYS"))?,
        api_url: api_address(source, "STABLEMINT_API_URL", STABLEMINT_API_URL)?,
        dialect: wishes.stablemint_dialect,
        webhook_max_age_ms: wishes.stablemint_webhook_max_age_ms,
    }))
}
