//! The basket in the database. Every change is one transaction that begins by counting the version up, which also makes
//! the changes of one basket wait for each other; two tabs that add different things lose nothing.

use super::{catalogue, token};
use crate::domain::basket::MOST_OF_ONE;
use crate::domain::{Basket, BasketLine, Contact, Delivery, Market, Money, OrderState, Problem, Timestamp};
use sqlx::any::AnyRow;
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

/// A new, empty basket. What is answered is the browser's token; the database keeps its fingerprint.
///
/// # Errors
/// When the database fails.
pub async fn create(pool: &AnyPool, market: Market, now: Timestamp) -> Result<String, sqlx::Error> {
    let token = token::secret();
    sqlx::query(
        "insert into baskets (id, market, version, contact, created_at, changed_at) values ($1, $2, 0, '{}', $3, $3)",
    )
    .bind(token::fingerprint(&token))
    .bind(market.code())
    .bind(now)
    .execute(pool)
    .await?;
    Ok(token)
}

/// What every page's header needs: the basket's market, and how many things are in it. `None`: no such basket.
///
/// # Errors
/// When the database fails.
pub async fn glance(pool: &AnyPool, id: &str) -> Result<Option<(Market, i64)>, sqlx::Error> {
    let row = sqlx::query(
        "select market, cast(coalesce((select sum(quantity) from basket_lines where basket = b.id), 0) as bigint) as things
         from baskets b where id = $1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await?;
    row.map(|row| Ok((market(&row)?, row.try_get("things")?))).transpose()
}

/// The basket with its lines, oldest first, at its market's prices.
///
/// # Errors
/// When the database fails.
pub async fn find(pool: &AnyPool, id: &str) -> Result<Option<Basket>, sqlx::Error> {
    let found =
        sqlx::query("select market, version, contact from baskets where id = $1").bind(id).fetch_optional(pool).await?;
    let Some(row) = found else { return Ok(None) };
    let market = market(&row)?;
    let contact: String = row.try_get("contact")?;
    let lines = sqlx::query(
        "select l.variant, l.quantity, p.slug, p.name, v.label, p.drawing, p.delivery, r.minor,
                (v.stock - v.held) * v.on_sale as available
         from basket_lines l join variants v on v.id = l.variant join products p on p.slug = v.product
              join prices r on r.variant = v.id and r.market = $2
         where l.basket = $1 order by l.added_at, l.variant",
    )
    .bind(id)
    .bind(market.code())
    .fetch_all(pool)
    .await?;
    Ok(Some(Basket {
        id: id.to_owned(),
        market,
        version: row.try_get("version")?,
        lines: lines.iter().map(|row| line(row, market)).collect::<Result<_, _>>()?,
        // Written by `keep_contact` only; if a later version of the shop cannot read it, the form is just empty.
        contact: serde_json::from_str(&contact).unwrap_or_default(),
    }))
}

fn line(row: &AnyRow, market: Market) -> Result<BasketLine, sqlx::Error> {
    let delivery = catalogue::delivery(row)?;
    Ok(BasketLine {
        variant: row.try_get("variant")?,
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        label: row.try_get("label")?,
        drawing: row.try_get("drawing")?,
        delivery,
        quantity: row.try_get("quantity")?,
        unit_price: Money::new(row.try_get("minor")?, market.currency()),
        available: catalogue::available(delivery, row.try_get("available")?),
    })
}

/// Puts `quantity` more of a variant into the basket.
///
/// # Errors
/// `Quantity` beyond 1 to 99, `VariantGone`, `SoldOut`, or `NotEnough` when basket and new ones together exceed the stock.
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
    sqlx::query("update baskets set version = version + 1, changed_at = $2, market = $3 where id = $1 and market <> $3")
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

/// What an order was about: its state, and how many of which variant. `None`: no such order.
///
/// # Errors
/// When the database fails.
pub async fn of_order(pool: &AnyPool, token: &str) -> Result<Option<(OrderState, Vec<(String, i64)>)>, sqlx::Error> {
    let rows = sqlx::query(
        "select o.state, l.variant, l.quantity from orders o join order_lines l on l.order_id = o.id
         where o.token_fingerprint = $1 order by l.variant",
    )
    .bind(token::fingerprint(token))
    .fetch_all(pool)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let state: String = first.try_get("state")?;
    let Some(state) = OrderState::from_code(&state) else { return Ok(None) };
    let lines = rows.iter().map(|row| Ok((row.try_get("variant")?, row.try_get("quantity")?)));
    Ok(Some((state, lines.collect::<Result<_, sqlx::Error>>()?)))
}

/// The token of the newest order of this basket that still waits for its payment.
///
/// # Errors
/// When the database fails.
pub async fn unpaid_order(pool: &AnyPool, id: &str) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query(
        "select token from orders where basket = $1 and state = 'awaiting_payment' order by placed_at desc limit 1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await?;
    row.map(|row| row.try_get("token")).transpose()
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
}

async fn shelf(change: &mut Transaction<'_, Any>, id: &str, variant: &str) -> Result<Shelf, BasketError> {
    let row = sqlx::query(
        "select v.stock - v.held as available, p.delivery, coalesce(l.quantity, 0) as in_basket
         from variants v join products p on p.slug = v.product
              left join basket_lines l on l.variant = v.id and l.basket = $1
         where v.id = $2 and v.on_sale = 1 and p.on_sale = 1",
    )
    .bind(id)
    .bind(variant)
    .fetch_optional(&mut **change)
    .await?;
    let row = row.ok_or(Problem::VariantGone)?;
    let delivery: Delivery = catalogue::delivery(&row)?;
    Ok(Shelf {
        available: catalogue::available(delivery, row.try_get("available")?),
        in_basket: row.try_get("in_basket")?,
    })
}

impl Shelf {
    fn allows(&self, quantity: i64) -> Result<(), Problem> {
        match quantity {
            _ if self.available <= 0 => Err(Problem::SoldOut),
            too_many if too_many > MOST_OF_ONE => Err(Problem::Quantity),
            too_many if too_many > self.available => Err(Problem::NotEnough),
            _ => Ok(()),
        }
    }
}

fn market(row: &AnyRow) -> Result<Market, sqlx::Error> {
    let code: String = row.try_get("market")?;
    Market::from_code(&code).ok_or_else(|| sqlx::Error::Decode(format!("{code:?} is no market").into()))
}

#[cfg(test)]
#[path = "basket_tests.rs"]
mod tests;
