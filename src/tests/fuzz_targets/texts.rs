//! What is read from the merchant's settings and from providers' answers: keys, amounts, addresses.

use super::{provider, read_settings};
use noren::domain::{Currency, Money, ProviderName};
use noren::payments::News;
use noren::payments::checkout::opening;
use noren::payments::signature::{RsaPrivateKey, RsaPublicKey};
use noren::server::settings::ProviderSettings;
use secrecy::ExposeSecret;

/// A key is read or refused. What is read as a private key signs, and its own public half says so.
pub fn rsa_key(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(public) = RsaPublicKey::read(&text) {
        assert!(!public.verifies(b"message", data), "a signature out of nowhere");
    }
    if let Ok(private) = RsaPrivateKey::read(&text) {
        let (public, signature) = (private.public_key(), private.sign(b"message"));
        assert!(public.verifies(b"message", &signature) && !public.verifies(b"massage", &signature));
    }
}

/// A decimal is read exactly or refused, and StableMint's webhooks read it as the shop writes it.
pub fn amount(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for currency in Currency::ALL {
        let read = Money::from_decimal(text, currency);
        if let Some(money) = read {
            assert_eq!(Money::from_decimal(&money.to_decimal(), currency), Some(money), "{text}");
            assert!(money.minor == 0 || text.starts_with('-') == (money.minor < 0), "{text} became {money}");
        }
        let body = format!(
            r#"{{"notificationType":"InwardPaymentReconciled","websiteReference":"a","currency":"{currency}","amount":{text}}}"#
        );
        let notice = provider(ProviderName::Stablemint).read(body.as_bytes());
        if let (Some(money), Ok(notice)) = (read, notice) {
            let News::Standing(told) = notice.news else { panic!("{body}") };
            assert_eq!(told.covers, Some(money), "{body}");
        }
    }
}

/// The browser is sent to nobody but the provider.
pub fn page_address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for name in ProviderName::ALL {
        if !opening::allowed(provider(name), text) {
            continue;
        }
        let url = url::Url::parse(text).expect("an address");
        let host = url.host_str().expect("a host");
        let is_theirs = match name {
            ProviderName::Komoju => host == "komoju.com",
            ProviderName::Dojo => host == "pay.dojo.tech",
            ProviderName::Bpc => host == "dev.bpcbt.com",
            ProviderName::Stablemint => {
                host.ends_with(".stablemint.io") && host.split('.').all(|label| !label.is_empty())
            }
        };
        assert!(is_theirs && url.scheme() == "https" && url.port().is_none(), "{text}");
        assert!(url.username().is_empty() && url.password().is_none(), "{text}");
    }
}

/// Whatever is in `.env`, what comes of it has no empty secret and addresses that are addresses.
pub fn settings(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(settings) = read_settings(text) else { return };
    assert!(!settings.public_url.ends_with('/') && settings.public_url.starts_with("http"), "{}", settings.public_url);
    let ProviderSettings { komoju, dojo, bpc, stablemint } = &settings.providers;
    let lists = [
        komoju.as_ref().map(|komoju| &komoju.webhook_secrets),
        dojo.as_ref().map(|dojo| &dojo.webhook_secrets),
        bpc.as_ref().map(|bpc| &bpc.webhook_secrets),
    ];
    for secrets in lists.into_iter().flatten() {
        let is_good = |secret: &str| !secret.is_empty() && secret.trim() == secret && !secret.contains(',');
        assert!(!secrets.is_empty() && secrets.iter().all(|secret| is_good(secret.expose_secret())));
    }
    assert!(stablemint.as_ref().is_none_or(|stablemint| !stablemint.webhook_keys.is_empty()));
    for age in [settings.wishes.bpc_webhook_max_age_ms, settings.wishes.stablemint_webhook_max_age_ms] {
        assert!((1_000..=366 * 86_400_000).contains(&age), "{age}");
    }
}
