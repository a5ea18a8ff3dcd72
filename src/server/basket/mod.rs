//! The basket in the database, as it is read. `change` is how it comes to be so.

mod change;

pub use change::{BasketError, add, choose_market, keep_contact, set_quantity};

use super::sellers::sold_by;
use super::{catalogue, token};
use crate::domain::{Basket, BasketLine, Market, Money, OrderState, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

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
                v.on_sale, v.stock - v.held
                + cast(coalesce((select sum(h.quantity) from holds h join attempts a on a.id = h.attempt
                                      join orders o on o.id = a.order_id
                                 where h.variant = v.id and h.state = 'held' and o.basket = l.basket), 0) as bigint)
                  as available,
                s.id as seller, s.name as seller_name, s.fee_percent, s.standing
         from basket_lines l join variants v on v.id = l.variant join products p on p.slug = v.product
              join prices r on r.variant = v.id and r.market = $2 left join sellers s on s.id = p.seller
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
        // What this basket's own unpaid order holds is still there for it.
        available: if row.try_get::<i64, _>("on_sale")? == 1 {
            catalogue::available(delivery, row.try_get("available")?)
        } else {
            0
        },
        sold_by: sold_by(row)?,
    })
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

fn market(row: &AnyRow) -> Result<Market, sqlx::Error> {
    let code: String = row.try_get("market")?;
    Market::from_code(&code).ok_or_else(|| sqlx::Error::Decode(format!("{code:?} is no market").into()))
}

#[cfg(test)]
mod tests;
