//! Sub-commands: settings → database → state → router → serve until a signal.

use anyhow::Context;
use clap::{Parser, Subcommand};
use noren::payments::{self, Providers, capture, inbox, refund, sweep};
use noren::server::clock::{Clock, SystemClock};
use noren::server::settings::Settings;
use noren::server::state::AppState;
use noren::server::{catalogue, connections, database, doctor, router, stand_in, telemetry};
use noren::simulator;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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
    Doctor(doctor::Orders),
    /// Charges the card that an order holds (DOJO_CAPTURE=manual).
    Capture {
        /// The order's number.
        order: String,
    },
    /// Gives back all that was paid for an order, or a part of it. The order says so when the provider's webhook arrives.
    ///
    /// A refund whose answer was lost is not made twice: the command, run again, first finds out how it ended, and asks for
    /// nothing else.
    Refund {
        /// The order's number.
        order: String,
        #[command(flatten)]
        wish: refund::Wish,
    },
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
        Command::Doctor(orders) => {
            let state = beside_the_shop(settings.clone()).await;
            doctor::run(state, &settings, orders).await
        }
        Command::Capture { order } => {
            let attempt = capture::capture(&beside_the_shop(settings).await?, &order).await?;
            println!(
                "{} charges {}. The order is complete when its webhook arrives.",
                attempt.provider.title(),
                attempt.amount
            );
            Ok(())
        }
        Command::Refund { order, wish } => {
            println!("{}", refund::refund(&beside_the_shop(settings).await?, &order, &wish).await?);
            Ok(())
        }
        Command::Sellers => noren::server::sellers::report::run(&settings).await,
    }
}

/// The shop, its loops and, when it has nobody else to talk to, the simulator, until a signal comes.
async fn serve(mut settings: Settings) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let mut clock: Arc<dyn Clock> = Arc::new(SystemClock);
    if !settings.providers.any() {
        anyhow::ensure!(
            simulator::BUILT_IN,
            "no payment provider is configured, and this build has no simulator: set the keys of at least one \
             (.env.example explains them)"
        );
        let simulator = simulator::start(stand_in::setup(&settings)).await.context("the simulator cannot start")?;
        clock = simulator.clock.clone();
        settings.providers = stand_in::providers(&simulator.access, settings.wishes)?;
        println!(
            "Simulator  http://{}  (no payment provider is configured: this stands in)",
            settings.simulator_listen
        );
        tasks.spawn(finish_by(stop.clone(), simulator.run(stop.clone().cancelled_owned())));
    }
    let state = state(settings, clock).await?;
    catalogue::fill(&state.pool).await.context("the catalogue cannot be read into the database")?;
    let listener = TcpListener::bind(state.settings.listen)
        .await
        .with_context(|| format!("LISTEN={} cannot be bound", state.settings.listen))?;
    println!("Shop       {}", state.settings.public_url);

    tasks.spawn(inbox::run(state.clone(), stop.clone()));
    tasks.spawn(sweep::run(state.clone(), stop.clone()));
    tokio::spawn(stop_on_signal(stop.clone()));
    connections::serve(listener, router::router(state), connections::Patience::default(), stop).await;
    tasks.close();
    tasks.wait().await;
    Ok(())
}

async fn state(settings: Settings, clock: Arc<dyn Clock>) -> anyhow::Result<AppState> {
    let pool = database::open(&settings.database_url).await.context("the database cannot be opened")?;
    Ok(AppState {
        pool,
        clock,
        providers: Arc::new(Providers::from_settings(&settings.providers)),
        settings: Arc::new(settings),
        inbox_bell: Arc::new(Notify::new()),
        leptos: leptos::prelude::get_configuration(None)?.leptos_options,
    })
}

/// For a command that runs beside the shop: its database and its providers, the simulator that it started among them.
async fn beside_the_shop(mut settings: Settings) -> anyhow::Result<AppState> {
    if !settings.providers.any() {
        let access = simulator::access(stand_in::setup(&settings))?;
        settings.providers = stand_in::providers(&access, settings.wishes)?;
    }
    state(settings, Arc::new(SystemClock)).await
}

async fn simulate(settings: &Settings) -> anyhow::Result<()> {
    anyhow::ensure!(simulator::BUILT_IN, "this build has no simulator");
    let simulator = simulator::start(stand_in::setup(settings)).await.context("the simulator cannot start")?;
    println!("Simulator           http://{}", settings.simulator_listen);
    for (name, value) in stand_in::describe(settings, &simulator.access) {
        println!("{name}={value}");
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
