//! Where a test's own database is: an SQLite file in the test's folder or, with `TEST_DATABASE_URL`, a new database on that
//! PostgreSQL server. scripts/test runs the suite on both.

use sqlx::{AnyConnection, Connection, Executor};
use std::path::Path;

/// An address that nobody else uses. `folder` is the test's own.
pub async fn database_address(folder: &Path) -> String {
    let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
        return format!("sqlite://{}", folder.join("noren.db").display());
    };
    sqlx::any::install_default_drivers();
    let name = format!("noren_test_{}", random_name());
    let mut db = AnyConnection::connect(&server).await.unwrap();
    db.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    db.close().await.unwrap();
    let mut address = url::Url::parse(&server).unwrap();
    address.set_path(&name);
    address.into()
}

/// Drops the database of a test that has ended: hundreds of them are gigabytes. An SQLite file goes with its folder.
#[allow(dead_code, reason = "not every test binary that includes this ends its tests in one place")]
pub async fn drop_database(address: &str) {
    let Ok(server) = std::env::var("TEST_DATABASE_URL") else { return };
    let name = url::Url::parse(address).unwrap().path().trim_start_matches('/').to_owned();
    let mut db = AnyConnection::connect(&server).await.unwrap();
    db.execute(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).await.unwrap();
    db.close().await.unwrap();
}

fn random_name() -> String {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).unwrap();
    data_encoding::HEXLOWER.encode(&bytes)
}
