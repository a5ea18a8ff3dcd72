//! A database with its tables and the catalogue in it. Making them takes longer than most tests: it is done once, and every
//! test that opens a shop begins with a copy.

use crate::database_address::{create, name_of, server, sqlite_address};
use noren::server::{catalogue, database};
use sqlx::AnyPool;
use std::path::Path;
use tokio::sync::OnceCell;

/// The address of such a database that nobody else uses. `folder` is the test's own.
pub async fn filled_database(folder: &Path) -> String {
    let Some(server) = server() else {
        let address = sqlite_address(folder);
        std::fs::write(folder.join("noren.db"), sqlite_file().await).unwrap();
        return address;
    };
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let make = async || {
        let address = create(&server, "template1").await;
        fill(&address).await.close().await;
        name_of(&address)
    };
    create(&server, TEMPLATE.get_or_init(make).await).await
}

async fn sqlite_file() -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let make = async || {
        let folder = tempfile::tempdir().unwrap();
        // Closing the last connection brings everything from the log into the file.
        fill(&sqlite_address(folder.path())).await.close().await;
        std::fs::read(folder.path().join("noren.db")).unwrap()
    };
    FILE.get_or_init(make).await
}

async fn fill(address: &str) -> AnyPool {
    let pool = database::open(address).await.unwrap();
    catalogue::fill(&pool).await.unwrap();
    pool
}
