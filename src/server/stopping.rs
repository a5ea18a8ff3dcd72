//! How the program stops: it takes nothing new, finishes what is under way, and does not wait for ever.
//!
//! What is left when the time is over is cut off as by a crash, which loses nothing: leases run out and somebody takes it
//! up.

use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long what is under way may take after the signal: a little longer than a checkout waits for its provider. What ends
/// the program by force, as service managers and container engines do, must wait longer than this.
pub const LONGEST: Duration = Duration::from_secs(25);

/// The same for the simulator, which has nothing to lose: it saves what it knows as it goes.
pub const LONGEST_FOR_THE_SIMULATOR: Duration = Duration::from_secs(3);

/// Parts of the program that run until told to stop, each by the name that the log calls it by.
#[derive(Default)]
pub struct Parts {
    running: JoinSet<&'static str>,
    names: Vec<&'static str>,
}

impl Parts {
    pub fn start(&mut self, name: &'static str, part: impl Future<Output = ()> + Send + 'static) {
        self.names.push(name);
        self.running.spawn(async move {
            part.await;
            name
        });
    }

    /// Waits for `stop` and then for each part to finish, but no longer than `longest`; says which did not.
    pub async fn finish(mut self, stop: CancellationToken, longest: Duration) {
        stop.cancelled().await;
        let finishing = async {
            while let Some(part) = self.running.join_next().await {
                match part {
                    Ok(name) => self.names.retain(|running| *running != name),
                    Err(error) => tracing::error!(%error, "a part of the program ended badly"),
                }
            }
        };
        if tokio::time::timeout(longest, finishing).await.is_err() {
            let left = self.names.join(", ");
            tracing::warn!(
                left,
                seconds = longest.as_secs(),
                "not everything was finished in time; it will be taken up again"
            );
        }
    }
}

/// SIGINT (Ctrl-C, cargo-leptos) and SIGTERM (service managers) end the program after what is under way.
pub async fn on_signal(stop: CancellationToken) {
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
