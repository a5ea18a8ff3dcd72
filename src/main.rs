//! Sub-commands: settings → database → state → router → serve until a signal.

use anyhow::Context;
use clap::{Parser, Subcommand};
use noren::payments::{self, Provider, Providers, inbox, komoju::Komoju, sweep};
use noren::server::clock::{Clock, SystemClock};
use noren::server::settings::{KomojuSettings, Settings};
use noren::server::state::AppState;
use noren::server::{catalogue, database, router, telemetry};
use noren::simulator;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

/// A storefront that takes payment on hosted pages.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the shop (what happens when no command is given); with the simulator when no provider is configured.
    Serve,
    /// Runs the payment providers' stand-in alone.
    Simulator,
    /// Reads the settings, tries what they point to, and says what is wrong and how to mend it.
    Doctor,
    /// Prints how each seller stands with the payment provider, and what it has been paid out.
    Sellers,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    dotenvy::dotenv().ok();
    telemetry::start();
    payments::http::install_tls();
    let settings = Settings::from_environment()?;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(settings).await,
        Command::Simulator => simulate(&settings).await,
        Command::Doctor => noren::server::doctor::run(&settings).await,
        Command::Sellers => noren::server::sellers::report::run(&settings).await,
    }
}

/// The shop, its loops and, when it has nobody else to talk to, the simulator, until a signal comes.
async fn serve(mut settings: Settings) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let mut clock: Arc<dyn Clock> = Arc::new(SystemClock);
    if !settings.has_a_provider() {
        anyhow::ensure!(
            simulator::BUILT_IN,
            "no payment provider is configured, and this build has no simulator: set KOMOJU_SECRET_KEY and \
             KOMOJU_WEBHOOK_SECRETS (.env.example explains them)"
        );
        let simulator = simulator::start(simulator_setup(&settings)).await.context("the simulator cannot start")?;
        clock = simulator.clock.clone();
        settings.komoju = Some(komoju_of(&simulator)?);
        println!(
            "Simulator  http://{}  (no payment provider is configured: this stands in)",
            settings.simulator_listen
        );
        tasks.spawn(finish_by(stop.clone(), simulator.run(stop.clone().cancelled_owned())));
    }
    let state = state(settings, clock).await?;
    let listener = TcpListener::bind(state.settings.listen)
        .await
        .with_context(|| format!("LISTEN={} cannot be bound", state.settings.listen))?;
    println!("Shop       {}", state.settings.public_url);

    tasks.spawn(inbox::run(state.clone(), stop.clone()));
    tasks.spawn(sweep::run(state.clone(), stop.clone()));
    tokio::spawn(stop_on_signal(stop.clone()));
    axum::serve(listener, router::router(state)).with_graceful_shutdown(stop.clone().cancelled_owned()).await?;
    tasks.close();
    tasks.wait().await;
    Ok(())
}

fn komoju_of(simulator: &simulator::Simulator) -> anyhow::Result<KomojuSettings> {
    let access = &simulator.komoju;
    Ok(KomojuSettings {
        secret_key: access.secret_key.clone().into(),
        webhook_secrets: access.webhook_secrets.iter().cloned().map(SecretString::from).collect(),
        api_url: Url::parse(&access.api_url)?,
    })
}

/// The same keys on both sides; where a setting is absent the simulator makes its own.
fn simulator_setup(settings: &Settings) -> simulator::Setup {
    let komoju = settings.komoju.as_ref().map(|komoju| simulator::KomojuKeys {
        secret_key: Some(komoju.secret_key.expose_secret().to_owned()),
        webhook_secrets: komoju.webhook_secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect(),
    });
    simulator::Setup {
        listen: settings.simulator_listen,
        shop_url: settings.public_url.clone(),
        state_file: settings.simulator_state_file(),
        komoju: komoju.unwrap_or_default(),
    }
}

async fn state(settings: Settings, clock: Arc<dyn Clock>) -> anyhow::Result<AppState> {
    let pool = database::open(&settings.database_url).await.context("the database cannot be opened")?;
    catalogue::fill(&pool).await.context("the catalogue cannot be read into the database")?;
    let providers: Vec<Box<dyn Provider>> =
        settings.komoju.iter().map(|komoju| Box::new(Komoju::new(komoju.clone())) as Box<dyn Provider>).collect();
    Ok(AppState {
        pool,
        clock,
        providers: Arc::new(Providers::new(providers)),
        settings: Arc::new(settings),
        inbox_bell: Arc::new(Notify::new()),
        leptos: leptos::prelude::get_configuration(None)?.leptos_options,
    })
}

async fn simulate(settings: &Settings) -> anyhow::Result<()> {
    anyhow::ensure!(simulator::BUILT_IN, "this build has no simulator");
    let simulator = simulator::start(simulator_setup(settings)).await.context("the simulator cannot start")?;
    println!("Simulator           http://{}", settings.simulator_listen);
    println!("KOMOJU_API_URL      {}", simulator.komoju.api_url);
    if settings.komoju.is_none() {
        println!("KOMOJU_SECRET_KEY   {}", simulator.komoju.secret_key);
        println!("KOMOJU_WEBHOOK_SECRETS   {}", simulator.komoju.webhook_secrets.join(","));
    }
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    simulator.run(stop.cancelled_owned()).await?;
    Ok(())
}

/// A part that fails takes the whole program down: half a shop is worse than none.
async fn finish_by(stop: CancellationToken, part: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = part.await {
        tracing::error!(%error, "the simulator stopped");
        stop.cancel();
    }
}

/// SIGINT (Ctrl-C, cargo-leptos) and SIGTERM (service managers) end the program after what is under way.
async fn stop_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return tracing::warn!("SIGTERM cannot be heard");
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping after what is under way");
    stop.cancel();
}
