//! The database: SQLite for one machine, PostgreSQL for several, through one SQL text.
//!
//! What keeps the SQL portable: `text` and `bigint` only, ids made by the shop, `$n` placeholders, `on conflict … do
//! nothing`, compare-and-set updates, no `now()`. A write transaction begins with a write, so that SQLite never has to
//! turn a read lock into a write lock, which it refuses when two want it at once.

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor};
use std::path::Path;
use std::time::Duration;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// What SQLite needs to be told on every connection. `synchronous = full` makes a commit survive a power cut: a webhook
/// that was answered with 200 will not be sent again.
const SQLITE: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
                      pragma busy_timeout = 10000;";

/// Connects, creates an SQLite file that does not exist yet, and brings the tables up to date.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub async fn open(url: &str) -> Result<AnyPool, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let is_sqlite = url.starts_with("sqlite:");
    let url = if is_sqlite { sqlite_url(url)? } else { url.to_owned() };
    let pool = AnyPoolOptions::new()
        .max_connections(if is_sqlite { 8 } else { 20 })
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if is_sqlite {
                    connection.execute(SQLITE).await?;
                }
                Ok(())
            })
        })
        .connect(&url)
        .await?;
    MIGRATIONS.run(&pool).await?;
    Ok(pool)
}

/// Adds "create if missing" and makes the folder.
fn sqlite_url(url: &str) -> Result<String, sqlx::Error> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let file = path.split('?').next().unwrap_or_default();
    if let Some(folder) = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
    }
    Ok(if path.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") })
}
