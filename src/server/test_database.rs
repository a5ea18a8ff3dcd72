//! A database of its own for each test, thrown away with the folder it is in.

#[path = "../tests/database_address.rs"]
mod database_address;

use super::{catalogue, database};
use sqlx::AnyPool;
use tempfile::TempDir;

/// Empty tables.
pub async fn temporary() -> (AnyPool, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let address = database_address::database_address(folder.path()).await;
    let pool = database::open(&address).await.unwrap();
    (pool, folder)
}

/// Tables with the catalogue in them.
pub async fn with_catalogue() -> (AnyPool, TempDir) {
    let (pool, folder) = temporary().await;
    catalogue::fill(&pool).await.unwrap();
    (pool, folder)
}
