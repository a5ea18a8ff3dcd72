//! The sellers of catalogue.toml into their table. Only what the file says: how a seller stands with the payment
//! provider is the provider's to say, and stays as it is.

use serde::Deserialize;
use sqlx::{Any, Transaction};

/// A seller as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    pub id: String,
    name: String,
    intro: String,
    /// 0 to 100; the table refuses anything else.
    fee_percent: i64,
}

/// # Errors
/// When the database fails, or a fee is not a percentage.
pub async fn put_sellers(to: &mut Transaction<'_, Any>, sellers: &[Seller]) -> Result<(), sqlx::Error> {
    sqlx::query("update sellers set listed = 0").execute(&mut **to).await?;
    for (seller, position) in sellers.iter().zip(0_i64..) {
        sqlx::query(
            "insert into sellers (id, name, intro, fee_percent, standing, reason, told_at, position, listed)
             values ($1, $2, $3, $4, 'applied', '', 0, $5, 1)
             on conflict (id) do update set name = excluded.name, intro = excluded.intro,
                 fee_percent = excluded.fee_percent, position = excluded.position, listed = 1",
        )
        .bind(&seller.id)
        .bind(&seller.name)
        .bind(&seller.intro)
        .bind(seller.fee_percent)
        .bind(position)
        .execute(&mut **to)
        .await?;
    }
    Ok(())
}
