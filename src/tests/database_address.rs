//! Where a test's own database is: an SQLite file in the test's folder or, with `TEST_DATABASE_URL`, a new database on that
//! PostgreSQL server. scripts/test runs the suite on both.

use sqlx::{AnyConnection, Connection, Executor};
use std::path::Path;

/// The address of a database that nobody else uses and that has nothing in it. `folder` is the test's own.
pub async fn database_address(folder: &Path) -> String {
    match server() {
        Some(server) => create(&server, "template1").await,
        None => sqlite_address(folder),
    }
}

/// Drops the database of a test that has ended: hundreds of them are gigabytes. An SQLite file goes with its folder.
#[allow(dead_code, reason = "not every test binary that includes this ends its tests in one place")]
pub async fn drop_database(address: &str) {
    let Some(server) = server() else { return };
    run(&server, &format!("drop database {} with (force)", name_of(address))).await;
}

pub fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

pub fn sqlite_address(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("noren.db").display())
}

/// A new database on the server that begins as a copy of another.
pub async fn create(server: &str, template: &str) -> String {
    let name = format!("noren_test_{}", random_name());
    run(server, &format!("create database {name} template {template}")).await;
    let mut address = url::Url::parse(server).unwrap();
    address.set_path(&name);
    address.into()
}

pub fn name_of(address: &str) -> String {
    url::Url::parse(address).unwrap().path().trim_start_matches('/').to_owned()
}

async fn run(server: &str, statement: &str) {
    sqlx::any::install_default_drivers();
    let mut db = AnyConnection::connect(server).await.unwrap();
    db.execute(sqlx::AssertSqlSafe(statement.to_owned())).await.unwrap();
    db.close().await.unwrap();
}

fn random_name() -> String {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).unwrap();
    data_encoding::HEXLOWER.encode(&bytes)
}
