//! Several shops on one database.

use crate::database_address::database_address;
use noren::server::{catalogue, database};
use sqlx::Row;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_three_that_start_together_on_an_empty_database_one_makes_the_tables() {
    for _ in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let address = database_address(folder.path()).await;
        let starts: Vec<_> = (0..3)
            .map(|_| {
                let address = address.clone();
                tokio::spawn(async move {
                    let pool = database::open(&address).await.unwrap();
                    catalogue::fill(&pool).await.unwrap();
                    pool
                })
            })
            .collect();
        for start in starts {
            let pool = start.await.unwrap();
            let sql = "select count(*) - count(distinct version), count(*) from _sqlx_migrations";
            let row = sqlx::query(sql).fetch_one(&pool).await.unwrap();
            assert_eq!(row.get::<i64, _>(0), 0, "a migration ran twice");
            assert!(row.get::<i64, _>(1) > 0);
            let row = sqlx::query("select count(*) from variants where on_sale = 1").fetch_one(&pool).await.unwrap();
            assert!(row.get::<i64, _>(0) > 30, "the shelves are full");
            pool.close().await;
        }
    }
}
