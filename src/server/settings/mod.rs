//! Settings: all from the environment or `.env`, read once at start. `.env.example` explains each.
//!
//! A provider is on when its settings are complete and off when all are absent. Half of them stops the start: a shop
//! that takes webhooks without a secret is how most forged payments got in (NorthlandPositronics/Cogtrix#119).

mod addresses;
#[cfg(test)]
mod provider_tests;
mod providers;

pub use providers::{
    BpcSettings, Capture, Dialect, DojoSettings, KomojuSettings, ProviderSettings, StablemintSettings, Wishes,
};

use addresses::{address, networks, web_address};
use ipnet::IpNet;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use url::Url;

/// Without `Debug`, so that it cannot be printed: the database's address may have a password in it.
#[derive(Clone)]
pub struct Settings {
    /// `DATABASE_URL`: `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// `PUBLIC_URL`: where browsers and providers reach the shop, without a slash at the end.
    pub public_url: String,
    /// `LISTEN`: the address the shop binds.
    pub listen: SocketAddr,
    /// `SIMULATOR_LISTEN`: the address the simulator binds.
    pub simulator_listen: SocketAddr,
    pub providers: ProviderSettings,
    pub wishes: Wishes,
    /// `SIMULATOR_STABLEMINT_KEYS`: the private keys of which the simulator signs StableMint's webhooks with the first. A
    /// shop only ever has the public halves.
    pub simulator_stablemint_keys: Vec<SecretString>,
    /// `TRUSTED_PROXIES`: whose `X-Forwarded-For` is believed; nobody's when it is empty.
    pub trusted_proxies: Vec<IpNet>,
    /// `CHECKOUTS_PER_MINUTE`: how often one address may go to a checkout, for a while; twice as often at once.
    pub checkouts_per_minute: NonZeroU32,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    #[error("{name} is not set, but other settings of {provider} are: set it, or remove those")]
    Half { provider: &'static str, name: &'static str },
    #[error("{name} cannot be used: {reason}")]
    Invalid { name: &'static str, reason: String },
}

/// Where a setting's value comes from: the process's environment, or a map in tests.
pub type Source<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the first setting that is missing or cannot be used.
    pub fn from_environment() -> Result<Settings, SettingsError> {
        Settings::read(&|name| std::env::var(name).ok())
    }

    /// # Errors
    /// As `from_environment`.
    pub fn read(source: Source<'_>) -> Result<Settings, SettingsError> {
        let wishes = Wishes::read(source)?;
        let listen = address(source, "LISTEN", "127.0.0.1:3000")?;
        Ok(Settings {
            database_url: value(source, "DATABASE_URL").unwrap_or_else(|| "sqlite://var/noren.db".to_owned()),
            public_url: web_address(source, "PUBLIC_URL", "http://localhost:3000")?
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
            listen,
            simulator_listen: address(source, "SIMULATOR_LISTEN", "127.0.0.1:4000")?,
            providers: ProviderSettings::read(source, wishes)?,
            wishes,
            simulator_stablemint_keys: list(source, "SIMULATOR_STABLEMINT_KEYS")
                .into_iter()
                .map(SecretString::from)
                .collect(),
            trusted_proxies: networks(source, "TRUSTED_PROXIES")?,
            checkouts_per_minute: checkouts_per_minute(source)?,
        })
    }

    /// Whether browsers reach the shop over TLS, which a proxy in front of it speaks.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https:")
    }

    /// Whether there is a proxy in front, and TRUSTED_PROXIES names none: all shoppers are one caller then.
    pub fn lacks_its_proxy(&self) -> bool {
        self.is_https() && self.trusted_proxies.is_empty()
    }

    /// `PUBLIC_URL` without its path: what browsers send as `Origin`.
    pub fn public_origin(&self) -> String {
        Url::parse(&self.public_url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    /// The simulator keeps its state beside an SQLite database, so that a restart loses neither of the two.
    pub fn simulator_state_file(&self) -> Option<PathBuf> {
        let file = self.database_url.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next()?;
        Some(Path::new(file).with_extension("simulator.json"))
    }
}

/// Absent and blank are the same: `.env` files are full of `NAME=`.
fn value(source: Source<'_>, name: &str) -> Option<String> {
    source(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Values separated by commas; empty ones are dropped, so that a trailing comma does not become an empty secret.
fn list(source: Source<'_>, name: &str) -> Vec<String> {
    let text = value(source, name).unwrap_or_default();
    text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn whole_seconds(source: Source<'_>, name: &'static str, default: i64) -> Result<i64, SettingsError> {
    let Some(text) = value(source, name) else { return Ok(default) };
    let seconds = text.parse().ok().filter(|seconds| (1..=366 * 86_400).contains(seconds));
    seconds.ok_or_else(|| SettingsError::Invalid { name, reason: format!("{text:?} is no whole number of seconds") })
}

fn checkouts_per_minute(source: Source<'_>) -> Result<NonZeroU32, SettingsError> {
    let name = "CHECKOUTS_PER_MINUTE";
    let text = value(source, name).unwrap_or_else(|| "30".to_owned());
    text.parse().map_err(|_| SettingsError::Invalid { name, reason: format!("{text:?} is no whole number above 0") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn without_any_setting_the_shop_has_defaults_and_no_provider() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.public_url, "http://localhost:3000");
        assert!(!settings.providers.any());
    }

    #[test]
    fn half_a_provider_stops_the_start_and_names_what_is_missing() {
        let error = read(&[("KOMOJU_SECRET_KEY", "sk_test_1")]).err().unwrap();
        assert!(error.to_string().contains("KOMOJU_WEBHOOK_SECRETS"), "{error}");
        let error = read(&[("KOMOJU_WEBHOOK_SECRETS", "w")]).err().unwrap();
        assert!(error.to_string().contains("KOMOJU_SECRET_KEY"), "{error}");
        let error = read(&[("KOMOJU_SECRET_KEY", "sk"), ("KOMOJU_WEBHOOK_SECRETS", " , ,")]).err().unwrap();
        assert!(error.to_string().contains("KOMOJU_WEBHOOK_SECRETS"), "an empty secret is none: {error}");
    }

    #[test]
    fn a_setting_that_only_matters_beside_others_is_half_a_provider_too() {
        for (name, missing) in [
            ("KOMOJU_API_URL", "KOMOJU_SECRET_KEY"),
            ("DOJO_API_URL", "DOJO_API_KEY"),
            ("BPC_API_KEY", "BPC_WEBHOOK_SECRETS"),
            ("STABLEMINT_WEBHOOK_KEYS", "STABLEMINT_API_KEY"),
        ] {
            let error = read(&[(name, "https://x.example")]).err().unwrap();
            assert!(error.to_string().contains(missing), "{name}: {error}");
        }
    }

    #[test]
    fn a_word_a_number_or_a_key_that_is_none_is_named() {
        let dojo = [("DOJO_API_KEY", "sk"), ("DOJO_WEBHOOK_SECRETS", "s"), ("DOJO_CAPTURE", "later")];
        assert!(read(&dojo).err().unwrap().to_string().contains("DOJO_CAPTURE"));
        let bpc = [("BPC_API_KEY", "k"), ("BPC_WEBHOOK_SECRETS", "s"), ("BPC_WEBHOOK_MAX_AGE_SECONDS", "-1")];
        assert!(read(&bpc).err().unwrap().to_string().contains("BPC_WEBHOOK_MAX_AGE_SECONDS"));
        let stablemint = [
            ("STABLEMINT_API_KEY", "k"),
            ("STABLEMINT_API_SECRET", "s"),
            ("STABLEMINT_PRIVATE_KEY", "QUJD"),
            ("STABLEMINT_WEBHOOK_KEYS", "QUJD"),
        ];
        let error = read(&stablemint).err().unwrap().to_string();
        assert!(error.contains("STABLEMINT_PRIVATE_KEY") && !error.contains("QUJD"), "{error}");
    }

    #[test]
    fn a_rotation_has_two_secrets() {
        let settings = read(&[("KOMOJU_SECRET_KEY", "sk"), ("KOMOJU_WEBHOOK_SECRETS", "new, old,")]).unwrap();
        let secrets = settings.providers.komoju.unwrap().webhook_secrets;
        let secrets: Vec<&str> = secrets.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(secrets, ["new", "old"]);
    }

    #[test]
    fn an_address_that_is_none_is_named() {
        assert!(read(&[("LISTEN", "3000")]).err().unwrap().to_string().contains("LISTEN"));
        assert!(read(&[("PUBLIC_URL", "ftp://shop")]).err().unwrap().to_string().contains("PUBLIC_URL"));
    }

    #[test]
    fn proxies_are_addresses_or_networks_and_nobody_is_trusted_unasked() {
        assert!(read(&[]).unwrap().trusted_proxies.is_empty());
        let proxies = read(&[("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,fd00::/8")]).unwrap().trusted_proxies;
        assert_eq!(
            proxies.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]
        );
        for other in ["proxy.example", "10.0.0.0/33", "127.0.0.1;10.0.0.1"] {
            assert!(
                read(&[("TRUSTED_PROXIES", other)]).err().unwrap().to_string().contains("TRUSTED_PROXIES"),
                "{other}"
            );
        }
    }

    #[test]
    fn a_limit_is_a_whole_number_above_zero() {
        assert_eq!(read(&[]).unwrap().checkouts_per_minute.get(), 30);
        assert_eq!(read(&[("CHECKOUTS_PER_MINUTE", "100000")]).unwrap().checkouts_per_minute.get(), 100_000);
        for other in ["0", "-1", "many", "1.5"] {
            assert!(read(&[("CHECKOUTS_PER_MINUTE", other)]).is_err(), "{other}");
        }
    }
}
