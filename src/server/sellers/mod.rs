//! The SQL of sellers: how they stand with the payment provider, and what they are paid out. `report` prints it for the
//! merchant.
//!
//! What the provider says of a seller that catalogue.toml does not have is kept all the same: a seller applies, and is
//! accepted, before anybody writes its products down.

pub mod report;

use crate::domain::{ProviderName, SellerStanding, SoldBy, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

type Sql<T> = Result<T, sqlx::Error>;

/// A seller as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// The provider's name for it.
    pub id: String,
    pub name: String,
    pub intro: String,
    pub fee_percent: i64,
    pub standing: SellerStanding,
    /// Why, in the provider's words; often empty.
    pub reason: String,
    /// Whether catalogue.toml has it.
    pub listed: bool,
}

/// One of a seller's ways to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerMethod {
    /// The provider's own name for it: `konbini`.
    pub method: String,
    pub standing: SellerStanding,
    pub reason: String,
}

/// What the provider decided, and when by its own clock.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    pub standing: SellerStanding,
    pub reason: &'a str,
    pub told_at: Timestamp,
}

/// One payment of the provider to a seller or to the shop. Amounts are in minor units, `None` where it told none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The provider's name for it.
    pub id: String,
    pub reference: String,
    /// As the provider wrote it.
    pub currency: String,
    pub gross_minor: Option<i64>,
    pub fee_minor: Option<i64>,
    /// What arrives in the bank account.
    pub paid_minor: Option<i64>,
    /// `None` while only the provider could know.
    pub settled_at: Option<Timestamp>,
}

fn standing(row: &AnyRow) -> Sql<SellerStanding> {
    let code: String = row.try_get("standing")?;
    SellerStanding::from_code(&code)
        .ok_or_else(|| sqlx::Error::Decode(format!("{code:?} is no standing of a seller").into()))
}

/// Who sells a thing, from a row with `seller`, `seller_name`, `fee_percent` and `standing`.
///
/// # Errors
/// When the row is no such row.
pub fn sold_by(row: &AnyRow) -> Sql<Option<SoldBy>> {
    let Some(seller) = row.try_get::<Option<String>, _>("seller")? else { return Ok(None) };
    Ok(Some(SoldBy {
        seller,
        name: row.try_get("seller_name")?,
        fee_percent: row.try_get("fee_percent")?,
        standing: standing(row)?,
    }))
}

fn seller(row: &AnyRow) -> Sql<Seller> {
    Ok(Seller {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        intro: row.try_get("intro")?,
        fee_percent: row.try_get("fee_percent")?,
        standing: standing(row)?,
        reason: row.try_get("reason")?,
        listed: row.try_get::<i64, _>("listed")? == 1,
    })
}

pub async fn by_id(db: &mut AnyConnection, id: &str) -> Sql<Option<Seller>> {
    let row = sqlx::query("select * from sellers where id = $1").bind(id).fetch_optional(db).await?;
    row.as_ref().map(seller).transpose()
}

/// In the order of the file; those that it does not have come last.
pub async fn all(db: &mut AnyConnection) -> Sql<Vec<Seller>> {
    let rows = sqlx::query("select * from sellers order by listed desc, position, id").fetch_all(db).await?;
    rows.iter().map(seller).collect()
}

/// A row for a seller that the provider names; `true` when there was none.
pub async fn meet(db: &mut AnyConnection, id: &str) -> Sql<bool> {
    let done = sqlx::query(
        "insert into sellers (id, name, intro, fee_percent, standing, reason, told_at, position, listed)
         values ($1, $1, '', 0, 'applied', '', 0, 0, 0) on conflict (id) do nothing",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores a decision about a seller; `false` when a younger one is known: events come in any order.
pub async fn decide(db: &mut AnyConnection, seller: &str, decision: Decision<'_>) -> Sql<bool> {
    let done =
        sqlx::query("update sellers set standing = $2, reason = $3, told_at = $4 where id = $1 and told_at <= $4")
            .bind(seller)
            .bind(decision.standing.code())
            .bind(decision.reason)
            .bind(decision.told_at)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// The same for one of its ways to be paid.
pub async fn decide_method(db: &mut AnyConnection, seller: &str, method: &str, decision: Decision<'_>) -> Sql<bool> {
    let done = sqlx::query(
        "insert into seller_methods (seller, method, standing, reason, told_at) values ($1, $2, $3, $4, $5)
         on conflict (seller, method) do update
            set standing = excluded.standing, reason = excluded.reason, told_at = excluded.told_at
            where seller_methods.told_at <= excluded.told_at",
    )
    .bind(seller)
    .bind(method)
    .bind(decision.standing.code())
    .bind(decision.reason)
    .bind(decision.told_at)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn methods(db: &mut AnyConnection, seller: &str) -> Sql<Vec<SellerMethod>> {
    let rows = sqlx::query("select method, standing, reason from seller_methods where seller = $1 order by method")
        .bind(seller)
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SellerMethod {
                method: row.try_get("method")?,
                standing: standing(row)?,
                reason: row.try_get("reason")?,
            })
        })
        .collect()
}

/// Stores a settlement; `false` when it is known. `seller`: `None` for the shop's own account. `told_at` stands for the
/// day that the provider did not tell.
pub async fn insert_settlement(
    db: &mut AnyConnection,
    provider: ProviderName,
    seller: Option<&str>,
    settlement: &Settlement,
    told_at: Timestamp,
) -> Sql<bool> {
    let done = sqlx::query(
        "insert into settlements (provider, settlement, seller, reference, currency, gross_minor, fee_minor, paid_minor,
                                  settled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (provider, settlement) do nothing",
    )
    .bind(provider.code())
    .bind(&settlement.id)
    .bind(seller)
    .bind(&settlement.reference)
    .bind(&settlement.currency)
    .bind(settlement.gross_minor)
    .bind(settlement.fee_minor)
    .bind(settlement.paid_minor)
    .bind(settlement.settled_at.unwrap_or(told_at))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A seller's settlements, or the shop's own, oldest first.
pub async fn settlements(db: &mut AnyConnection, seller: Option<&str>) -> Sql<Vec<Settlement>> {
    let rows = sqlx::query(
        "select * from settlements where coalesce(seller, '') = coalesce($1, '') order by settled_at, settlement",
    )
    .bind(seller)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Settlement {
                id: row.try_get("settlement")?,
                reference: row.try_get("reference")?,
                currency: row.try_get("currency")?,
                gross_minor: row.try_get("gross_minor")?,
                fee_minor: row.try_get("fee_minor")?,
                paid_minor: row.try_get("paid_minor")?,
                settled_at: row.try_get("settled_at")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
