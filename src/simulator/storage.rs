//! Keeps the state in a file between starts, so that a restart loses no session, slip or webhook.

use super::state::{App, State};
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long changes gather before they are written.
const GATHER: Duration = Duration::from_millis(200);

/// The state of the last run; an empty one when there is no file yet.
///
/// # Errors
/// When the file is there but cannot be read: to start empty would lose what it holds at the next save.
pub fn load(file: &Path) -> Result<State> {
    match std::fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            Error::other(format!("{} is not a simulator's state ({error}); move it away to start anew", file.display()))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(Error::new(error.kind(), format!("{}: {error}", file.display()))),
    }
}

/// Writes beside the file and renames, so that a crash leaves the old state or the new one, never half of it.
///
/// # Errors
/// When the folder cannot be made or the file not be written.
pub fn save(app: &App, file: &Path) -> Result<()> {
    let bytes = app.read(serde_json::to_vec)?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("new");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, file)
}

/// Saves a moment after each change until told to stop, and once more then.
pub async fn run(app: App, file: Option<PathBuf>, stop: CancellationToken) {
    let Some(file) = file else { return };
    loop {
        let stopped = tokio::select! {
            () = stop.cancelled() => true,
            () = app.to_save.notified() => false,
        };
        if !stopped {
            tokio::time::sleep(GATHER).await;
        }
        let (writer, path) = (app.clone(), file.clone());
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || save(&writer, &path)).await {
            tracing::warn!(%error, "the simulator's state was not saved");
        }
        if stopped {
            return;
        }
    }
}
