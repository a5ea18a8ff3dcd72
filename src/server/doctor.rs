//! `noren doctor`: reads the settings, tries what they point to, and says what is wrong and how to mend it.

use super::database;
use super::settings::Settings;
use crate::payments::{Provider, ProviderError, komoju::Komoju};
use crate::simulator;

/// Prints one line for each thing it tried.
///
/// # Errors
/// When anything must be mended before the shop can run; the lines above say what.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut sound = true;
    let mut say = |good: bool, what: &str| {
        println!("{}  {what}", if good { "ok  " } else { "BAD " });
        sound &= good;
    };
    match database::open(&settings.database_url).await {
        Ok(_) => say(true, "The database answers and its tables are up to date."),
        Err(error) => say(false, &format!("DATABASE_URL: {error}. Check the address and that the server runs.")),
    }
    let local = settings.public_url.contains("//localhost") || settings.public_url.contains("//127.");
    match &settings.providers.komoju {
        None if simulator::BUILT_IN => say(true, "No provider is configured: the shop runs against the simulator."),
        None => say(
            false,
            "No provider is configured, and this build has no simulator. Set the keys of one (.env.example).",
        ),
        Some(komoju) => {
            // A session that cannot exist: "not found" proves the address and the key.
            match Komoju::new(komoju.clone()).look_up("noren-doctor").await {
                Ok(_) | Err(ProviderError::Refused { status: 404, .. }) => {
                    say(true, "KOMOJU answers and knows the key.")
                }
                Err(ProviderError::Refused { status: 401, .. }) => {
                    say(false, "KOMOJU does not know KOMOJU_SECRET_KEY. Copy it again from the dashboard.");
                }
                Err(error) => say(false, &format!("KOMOJU_API_URL {}: {error}.", komoju.api_url)),
            }
            println!("      Its webhook must point to {}/webhooks/komoju, for payment.* events.", settings.public_url);
            if local && komoju.api_url.host_str() == Some("komoju.com") {
                say(false, "PUBLIC_URL is this machine: KOMOJU cannot reach it. Set the address it is published at.");
            }
        }
    }
    anyhow::ensure!(sound, "something must be mended first");
    Ok(())
}
