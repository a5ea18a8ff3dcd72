//! The database: SQLite for one machine, PostgreSQL for several, through one SQL text.
//!
//! What keeps the SQL portable: `text` and `bigint` only, ids made by the shop, `$n` placeholders, `on conflict … do
//! nothing`, compare-and-set updates, no `now()`. A write transaction begins with a write, so that SQLite never has to
//! turn a read lock into a write lock, which it refuses when two want it at once.

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Error, Executor};
use std::fs::File;
use std::path::Path;
use std::time::Duration;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// What SQLite needs to be told on every connection. `synchronous = full` makes a commit survive a power cut: a webhook
/// that was answered with 200 will not be sent again.
const SQLITE: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
                      pragma busy_timeout = 10000;";

/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects, creates an SQLite file that does not exist yet, and brings the tables up to date.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub async fn open(url: &str) -> Result<AnyPool, Error> {
    sqlx::any::install_default_drivers();
    if !url.starts_with("sqlite:") {
        let pool = AnyPoolOptions::new().max_connections(20).acquire_timeout(PATIENCE).connect(url).await?;
        MIGRATIONS.run(&pool).await?;
        return Ok(pool);
    }
    let file = sqlite_file(url);
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::Io)?;
    }
    let alone = be_alone(file).await.map_err(Error::Io)?;
    let pool = AnyPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| Box::pin(async move { connection.execute(SQLITE).await.map(drop) }))
        .connect(&if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") })
        .await?;
    MIGRATIONS.run(&pool).await?;
    drop(alone);
    Ok(pool)
}

fn sqlite_file(url: &str) -> &Path {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    Path::new(path.split('?').next().unwrap_or_default())
}

/// Waits until nobody else brings this file's tables up to date, such as a `noren doctor` that was started together with
/// the shop. On PostgreSQL sqlx takes a lock for that; SQLite's own end with each migration. The system takes it back
/// from a process that dies.
async fn be_alone(file: &Path) -> std::io::Result<File> {
    let mut name = file.as_os_str().to_owned();
    name.push("-migrating");
    let locked = tokio::task::spawn_blocking(move || {
        let file = File::create(name)?;
        file.lock()?;
        Ok(file)
    });
    locked.await.map_err(std::io::Error::other)?
}
