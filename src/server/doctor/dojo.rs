//! Dojo's webhook subscription: looked at, mended, and its secret changed without losing an event.

use super::{Orders, Report};
use crate::payments::dojo::Dojo;
use crate::payments::dojo::subscriptions::{Secret, Subscription};
use crate::payments::{ProviderError, http};
use crate::server::settings::Settings;
use crate::server::token;
use secrecy::ExposeSecret;
use url::Url;

pub async fn examine(report: &mut Report, settings: &Settings, dojo: &Dojo, orders: Orders) {
    let url = format!("{}/webhooks/dojo", settings.public_url);
    let subscriptions = match dojo.subscriptions().await {
        Ok(subscriptions) => subscriptions,
        Err(ProviderError::Refused { status: 401 | 403, .. }) => {
            return report.bad("Dojo does not know DOJO_API_KEY. Copy it again from the developer portal.");
        }
        Err(error) => return report.bad(&format!("Dojo: {error}.")),
    };
    report.good("Dojo answers and knows the key.");
    for subscription in &subscriptions {
        report.note(&format!("Dojo sends {} to {}.", subscription.events.join(", "), subscription.url));
    }
    let ours = match subscriptions.iter().find(|subscription| subscription.is_sound(&url)) {
        Some(subscription) => subscription.clone(),
        None if orders.mend => match mend(report, dojo, &subscriptions, &url).await {
            Ok(subscription) => subscription,
            Err(error) => return report.bad(&format!("Dojo's subscription could not be mended: {error}.")),
        },
        None if subscriptions.is_empty() && orders.stand_in => {
            return report.note("The simulator sends Dojo's events to this shop until a subscription is made.");
        }
        None => {
            return report.bad(&format!("Dojo does not send its events to {url}. `noren doctor --mend` makes it so."));
        }
    };
    secrets(report, dojo, &ours);
    if orders.new_dojo_secret {
        add_secret(report, dojo, &ours).await;
    }
    if orders.activate_dojo_secret {
        activate(report, dojo, &ours, &url).await;
    }
}

/// There is one subscription for each event at Dojo: a wrong one is changed, and only a missing one made.
async fn mend(
    report: &mut Report,
    dojo: &Dojo,
    there: &[Subscription],
    url: &str,
) -> Result<Subscription, ProviderError> {
    let wrong = there.iter().find(|subscription| subscription.is_for_us(url));
    let mended = match wrong {
        Some(wrong) => {
            report.note(&format!("Until now the subscription pointed to {}.", wrong.url));
            dojo.mend(wrong, url).await?
        }
        None => dojo.subscribe(url).await?,
    };
    report.good(&format!("Dojo sends its events to {url} from now on."));
    Ok(mended)
}

fn secrets(report: &mut Report, dojo: &Dojo, subscription: &Subscription) {
    if !subscription.secrets.iter().any(|secret| secret.is_active) {
        report.bad("Dojo does not say with which secret it signs: compare its portal with DOJO_WEBHOOK_SECRETS.");
    }
    for secret in subscription.secrets.iter().filter(|secret| secret.is_active) {
        if dojo.knows(secret) {
            report.good(&format!("Dojo signs with secret {}, which DOJO_WEBHOOK_SECRETS has.", secret.id));
        } else {
            report.bad(&format!(
                "Dojo signs with secret {}, which DOJO_WEBHOOK_SECRETS lacks: its webhooks are refused. Add {}",
                secret.id,
                secret.value.expose_secret()
            ));
        }
    }
}

async fn add_secret(report: &mut Report, dojo: &Dojo, subscription: &Subscription) {
    match dojo.add_secret(&subscription.id).await {
        Ok(secrets) => {
            let new = secrets.iter().filter(|secret| !subscription.secrets.iter().any(|old| old.id == secret.id));
            for secret in new {
                report.good(&format!("New secret {}: {}", secret.id, secret.value.expose_secret()));
            }
            report.note("Add it to DOJO_WEBHOOK_SECRETS beside the old one, start the shop anew, and then run");
            report.note("noren doctor --activate-dojo-secret. Until then Dojo goes on signing with the old one.");
        }
        Err(error) => report.bad(&format!("Dojo made no new secret: {error}.")),
    }
}

/// Only after the running shop accepted something that the new secret signed: a shop that was not started anew would
/// refuse every event from then on.
async fn activate(report: &mut Report, dojo: &Dojo, subscription: &Subscription, url: &str) {
    // Never an older one, which the shop may still know: it would be taken out of the settings next.
    let Some(secret) = subscription.newest_secret().filter(|secret| !secret.is_active) else {
        return report.bad("Dojo has no new secret that waits: make one with noren doctor --new-dojo-secret.");
    };
    match is_accepted(url, secret).await {
        Ok(true) => {}
        Ok(false) => {
            return report.bad("The running shop refuses what the new secret signs. Add it and start the shop anew.");
        }
        Err(error) => {
            return report.bad(&format!("The running shop cannot be asked whether it knows the secret: {error}."));
        }
    }
    match dojo.activate(&subscription.id, &secret.id).await {
        Ok(()) => {
            report.good(&format!("Dojo signs with secret {} from now on.", secret.id));
            report.note("Keep the old one in DOJO_WEBHOOK_SECRETS for a day: Dojo repeats what it could not deliver.");
        }
        Err(error) => report.bad(&format!("Dojo did not activate the secret: {error}.")),
    }
}

/// Sends the shop an event of no meaning, signed with the secret.
async fn is_accepted(url: &str, secret: &Secret) -> Result<bool, ProviderError> {
    let body = format!(r#"{{"id":"noren-doctor-{}","event":"noren.doctor","data":{{}}}}"#, token::id());
    let signature = crate::payments::dojo::signature_of(secret.value.expose_secret(), body.as_bytes());
    let shop = Url::parse(url).map_err(|error| ProviderError::Unreachable { cause: error.to_string() })?;
    let client = http::Client::new(&shop);
    let request = client.post(url.to_owned()).header("dojo-signature", signature).body(body);
    Ok(client.send(request).await?.is_success())
}
