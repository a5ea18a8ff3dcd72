//! Sub-commands: settings → database → state → router → serve until a signal.

use anyhow::Context;
use clap::{Parser, Subcommand};
use noren::payments::{self, Providers, capture, inbox, refund, sweep};
use noren::server::clock::{Clock, SystemClock};
use noren::server::settings::Settings;
use noren::server::state::AppState;
use noren::server::stopping::{self, Parts};
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
    // What the shop has under way needs the simulator: that one stops last.
    let (mut shop, mut last, stop_last) = (Parts::default(), Parts::default(), CancellationToken::new());
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
        last.start(
            "the simulator",
            whole("the simulator", stop.clone(), simulator.run(stop_last.clone().cancelled_owned())),
        );
    }
    let state = state(settings, clock).await?;
    catalogue::fill(&state.pool).await.context("the catalogue cannot be read into the database")?;
    let listener = TcpListener::bind(state.settings.listen)
        .await
        .with_context(|| format!("LISTEN={} cannot be bound", state.settings.listen))?;
    println!("Shop       {}", state.settings.public_url);

    tokio::spawn(stopping::on_signal(stop.clone()));
    shop.start("the inbox", inbox::run(state.clone(), stop.clone()));
    shop.start("the sweep", sweep::run(state.clone(), stop.clone()));
    let (tasks, stopped) = (state.tasks.clone(), stop.clone());
    shop.start("requests", async move {
        connections::serve(listener, router::router(state), connections::Patience::default(), stopped).await;
        tasks.close();
        tasks.wait().await;
    });
    shop.finish(stop, stopping::LONGEST).await;
    stop_last.cancel();
    last.finish(stop_last, stopping::LONGEST_FOR_THE_SIMULATOR).await;
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
        tasks: TaskTracker::new(),
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
    tokio::spawn(stopping::on_signal(stop.clone()));
    let mut parts = Parts::default();
    parts.start("the simulator", whole("the simulator", stop.clone(), simulator.run(stop.clone().cancelled_owned())));
    parts.finish(stop, stopping::LONGEST_FOR_THE_SIMULATOR).await;
    Ok(())
}

/// A part that fails takes the whole program down: half a shop is worse than none.
async fn whole(name: &'static str, stop: CancellationToken, part: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = part.await {
        tracing::error!(%error, name, "a part of the program failed");
    }
    stop.cancel();
}
