//! `noren doctor`: reads the settings, tries what they point to, and says what is wrong and how to mend it.

mod dojo;
mod lists;

use super::database;
use super::settings::{ProviderSettings, Settings};
use super::state::AppState;
use crate::payments::{Provider, ProviderError, bpc::Bpc, dojo::Dojo, komoju::Komoju};
use crate::simulator;
use clap::Args;

/// What the doctor does beyond looking.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Orders {
    /// Makes the webhook subscription that is missing at Dojo, or points it to this shop.
    #[arg(long)]
    pub mend: bool,
    /// Adds a webhook secret at Dojo, which signs nothing yet, and prints it.
    #[arg(long)]
    pub new_dojo_secret: bool,
    /// Lets the newest secret at Dojo sign, once the running shop has proved that it knows it.
    #[arg(long)]
    pub activate_dojo_secret: bool,
    /// Whether the simulator is in the providers' place.
    #[arg(skip)]
    pub stand_in: bool,
}

/// The lines printed so far.
pub struct Report {
    sound: bool,
}

impl Report {
    fn good(&mut self, what: &str) {
        println!("ok    {what}");
    }

    fn bad(&mut self, what: &str) {
        println!("BAD   {what}");
        self.sound = false;
    }

    fn note(&mut self, what: &str) {
        println!("      {what}");
    }
}

/// Prints one line for each thing it tried.
///
/// # Errors
/// When anything must be mended before the shop can run; the lines above say what.
pub async fn run(state: Result<AppState, anyhow::Error>, settings: &Settings, orders: Orders) -> anyhow::Result<()> {
    let mut report = Report { sound: true };
    // What has the shop's state has opened its database.
    let database = match &state {
        Ok(_) => Ok(()),
        Err(_) => database::open(&settings.database_url).await.map(drop),
    };
    match database {
        Ok(()) => report.good("The database answers and its tables are up to date."),
        Err(error) => report.bad(&format!("DATABASE_URL: {error}. Check the address and that the server runs.")),
    }
    if settings.lacks_its_proxy() {
        report
            .bad("TRUSTED_PROXIES is empty, and PUBLIC_URL is https, so a proxy is in front. Name it: without it all");
        report.note("shoppers count as one, and a single one who asks too often keeps the others from paying.");
    }
    if !settings.providers.any() {
        if simulator::BUILT_IN {
            report.good("No provider is configured: the shop runs against the simulator.");
        } else {
            report
                .bad("No provider is configured, and this build has no simulator. Set the keys of one (.env.example).");
        }
    }
    match &state {
        // The simulator is tried in their place while it runs: what the doctor does can be seen without any account.
        Ok(state) if settings.providers.any() || simulator_runs(settings).await => {
            let orders = Orders { stand_in: !settings.providers.any(), ..orders };
            providers(&mut report, &state.settings, orders).await;
        }
        Ok(_) | Err(_) => providers(&mut report, settings, orders).await,
    }
    match &state {
        Ok(state) => lists::print(&mut report, state).await?,
        Err(error) => report.note(&format!("What waits for a person cannot be listed: {error:#}.")),
    }
    anyhow::ensure!(report.sound, "something must be mended first");
    Ok(())
}

async fn simulator_runs(settings: &Settings) -> bool {
    tokio::net::TcpStream::connect(settings.simulator_listen).await.is_ok()
}

async fn providers(report: &mut Report, settings: &Settings, orders: Orders) {
    let ProviderSettings { komoju, dojo, bpc, stablemint } = &settings.providers;
    if let Some(komoju) = komoju {
        try_key(report, &Komoju::new(komoju.clone()), "KOMOJU_SECRET_KEY", komoju.api_url.as_str()).await;
        webhook(report, settings, "KOMOJU", "komoju", "all payment.* events", &komoju.api_url);
    }
    if let Some(dojo) = dojo
        && is_reachable(report, settings, "Dojo", &dojo.api_url)
    {
        dojo::examine(report, settings, &Dojo::new(dojo.clone()), orders).await;
    }
    if let Some(bpc) = bpc {
        try_key(report, &Bpc::new(bpc.clone()), "BPC_API_KEY", bpc.api_url.as_str()).await;
        webhook(report, settings, "BPC", "bpc", "session.*, payment.* and refund.* events", &bpc.api_url);
    }
    if let Some(stablemint) = stablemint {
        if stablemint.webhook_keys.contains(&stablemint.private_key.public_key()) {
            report.bad("STABLEMINT_WEBHOOK_KEYS has the merchant's own public key. It must be StableMint's.");
        }
        report.good("StableMint's keys can be read. It has no call to try them with that would open nothing.");
        report.note("Its dashboard must have the public half: openssl rsa -in <STABLEMINT_PRIVATE_KEY> -pubout");
        webhook(
            report,
            settings,
            "StableMint",
            "stablemint",
            "every deposit event, one endpoint each",
            &stablemint.api_url,
        );
    }
}

/// A session that cannot exist: "not found" proves the address and the key.
async fn try_key(report: &mut Report, provider: &dyn Provider, key: &str, address: &str) {
    let title = provider.name().title();
    match provider.look_up("noren-doctor").await {
        Ok(_) | Err(ProviderError::Refused { status: 400 | 404 | 422, .. }) => {
            report.good(&format!("{title} answers and knows the key."));
        }
        Err(ProviderError::Refused { status: 401 | 403, .. }) => {
            report.bad(&format!("{title} does not know {key}. Copy it again from the dashboard."));
        }
        Err(error) => report.bad(&format!("{title} at {address}: {error}.")),
    }
}

fn webhook(report: &mut Report, settings: &Settings, title: &str, code: &str, events: &str, api: &url::Url) {
    report.note(&format!("{title}'s webhook must point to {}/webhooks/{code}, for {events}.", settings.public_url));
    is_reachable(report, settings, title, api);
}

/// Says so when the shop is on this machine and the provider is not.
fn is_reachable(report: &mut Report, settings: &Settings, title: &str, api: &url::Url) -> bool {
    let local = |host: Option<&str>| host.is_some_and(|host| host == "localhost" || host.starts_with("127."));
    let shop = url::Url::parse(&settings.public_url).ok();
    let reachable = !local(shop.as_ref().and_then(url::Url::host_str)) || local(api.host_str());
    if !reachable {
        report
            .bad(&format!("PUBLIC_URL is this machine: {title} cannot reach it. Set the address it is published at."));
    }
    reachable
}
