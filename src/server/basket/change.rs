//! Changing a basket. Every change is one transaction that begins by counting the version up, which also makes the
//! changes of one basket wait for each other; two tabs that add different things lose nothing.

use crate::domain::basket::MOST_OF_ONE;
use crate::domain::{Contact, Market, Problem, SoldBy, Timestamp};
use crate::server::{catalogue, sellers};
use sqlx::{Any, AnyPool, Row, Transaction};

/// Why a change did not happen: something that the shopper can mend, or the database.
#[derive(Debug, thiserror::Error)]
pub enum BasketError {
    #[error("{0:?}")]
    Problem(Problem),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<Problem> for BasketError {
    fn from(problem: Problem) -> BasketError {
        BasketError::Problem(problem)
    }
}

/// Puts `quantity` more of a variant into the basket.
///
/// # Errors
/// `Quantity` beyond 1 to 99, `VariantGone`, `SellerDeclined`, `SoldOut`, or `NotEnough` when basket and new ones together exceed the stock.
pub async fn add(pool: &AnyPool, id: &str, variant: &str, quantity: i64, now: Timestamp) -> Result<(), BasketError> {
    if !(1..=MOST_OF_ONE).contains(&quantity) {
        return Err(Problem::Quantity.into());
    }
    let mut change = begin(pool, id, now).await?;
    let shelf = shelf(&mut change, id, variant).await?;
    shelf.allows(shelf.in_basket + quantity)?;
    sqlx::query(
        "insert into basket_lines (basket, variant, quantity, added_at) values ($1, $2, $3, $4)
         on conflict (basket, variant) do update set quantity = basket_lines.quantity + excluded.quantity",
    )
    .bind(id)
    .bind(variant)
    .bind(quantity)
    .bind(now)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(())
}

/// Changes how many of a variant that is in the basket; 0 takes it out.
///
/// # Errors
/// As `add`.
pub async fn set_quantity(
    pool: &AnyPool,
    id: &str,
    variant: &str,
    quantity: i64,
    now: Timestamp,
) -> Result<(), BasketError> {
    if !(0..=MOST_OF_ONE).contains(&quantity) {
        return Err(Problem::Quantity.into());
    }
    let mut change = begin(pool, id, now).await?;
    if quantity == 0 {
        sqlx::query("delete from basket_lines where basket = $1 and variant = $2")
            .bind(id)
            .bind(variant)
            .execute(&mut *change)
            .await?;
    } else {
        shelf(&mut change, id, variant).await?.allows(quantity)?;
        sqlx::query("update basket_lines set quantity = $3 where basket = $1 and variant = $2")
            .bind(id)
            .bind(variant)
            .bind(quantity)
            .execute(&mut *change)
            .await?;
    }
    change.commit().await?;
    Ok(())
}

/// The prices follow the market.
///
/// # Errors
/// When the database fails.
pub async fn choose_market(pool: &AnyPool, id: &str, market: Market, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update baskets set version = version + 1, changed_at = $2, market = $3 where id = $1 and market <> $3",
    )
    .bind(id)
    .bind(now)
    .bind(market.code())
    .execute(pool)
    .await?;
    Ok(())
}

/// What the shopper typed at the checkout. The basket's version stays: a second click on Pay must find the same order.
///
/// # Errors
/// When the database fails.
pub async fn keep_contact(pool: &AnyPool, id: &str, contact: &Contact) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(contact).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query("update baskets set contact = $2 where id = $1").bind(id).bind(text).execute(pool).await?;
    Ok(())
}

/// Begins with a write, so that the transaction never has to turn a read into one.
async fn begin<'a>(pool: &'a AnyPool, id: &str, now: Timestamp) -> Result<Transaction<'a, Any>, BasketError> {
    let mut transaction = pool.begin().await?;
    let counted = sqlx::query("update baskets set version = version + 1, changed_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    if counted.rows_affected() == 0 {
        return Err(Problem::BasketEmpty.into());
    }
    Ok(transaction)
}

struct Shelf {
    available: i64,
    in_basket: i64,
    sold_by: Option<SoldBy>,
}

async fn shelf(change: &mut Transaction<'_, Any>, id: &str, variant: &str) -> Result<Shelf, BasketError> {
    let row = sqlx::query(
        "select v.stock - v.held as available, p.delivery, coalesce(l.quantity, 0) as in_basket,
                s.id as seller, s.name as seller_name, s.fee_percent, s.standing
         from variants v join products p on p.slug = v.product left join sellers s on s.id = p.seller
              left join basket_lines l on l.variant = v.id and l.basket = $1
         where v.id = $2 and v.on_sale = 1 and p.on_sale = 1",
    )
    .bind(id)
    .bind(variant)
    .fetch_optional(&mut **change)
    .await?;
    let row = row.ok_or(Problem::VariantGone)?;
    let delivery = catalogue::delivery(&row)?;
    Ok(Shelf {
        available: catalogue::available(delivery, row.try_get("available")?),
        in_basket: row.try_get("in_basket")?,
        sold_by: sellers::sold_by(&row)?,
    })
}

impl Shelf {
    fn allows(&self, quantity: i64) -> Result<(), Problem> {
        match quantity {
            _ if self.sold_by.as_ref().is_some_and(|sold_by| !sold_by.standing.may_sell()) => {
                Err(Problem::SellerDeclined)
            }
            _ if self.available <= 0 => Err(Problem::SoldOut),
            too_many if too_many > MOST_OF_ONE => Err(Problem::Quantity),
            too_many if too_many > self.available => Err(Problem::NotEnough),
            _ => Ok(()),
        }
    }
}
