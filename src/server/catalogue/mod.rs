//! What is on the shelves, as one market sees it. `file` fills the tables from catalogue.toml at every start.

mod file;
mod sellers;
mod written;

pub use file::{FillError, fill};

use super::sellers::sold_by;
use crate::domain::{Delivery, Market, Money, Product, Variant};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

/// What a download counts as: it never runs out, and a basket takes no more of one thing anyway.
const ENOUGH: i64 = crate::domain::basket::MOST_OF_ONE;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its place in addresses: `/categories/{slug}`.
    pub slug: String,
    pub name: String,
    pub intro: String,
}

/// All of them, in the order of the file.
///
/// # Errors
/// When the database fails.
pub async fn categories(pool: &AnyPool) -> Result<Vec<Category>, sqlx::Error> {
    let rows = sqlx::query(
        "select slug, name, intro from categories c
         where exists (select 1 from products p where p.category = c.slug and p.on_sale = 1) order by position",
    )
    .fetch_all(pool)
    .await?;
    rows.iter().map(category).collect()
}

fn category(row: &AnyRow) -> Result<Category, sqlx::Error> {
    Ok(Category { slug: row.try_get("slug")?, name: row.try_get("name")?, intro: row.try_get("intro")? })
}

/// Every product of the market, in the order of the file.
///
/// # Errors
/// When the database fails.
pub async fn products(pool: &AnyPool, market: Market) -> Result<Vec<Product>, sqlx::Error> {
    let rows = sqlx::query(
        "select p.slug, p.name, p.category, p.summary, p.description, p.drawing, p.delivery,
                v.id, v.label, v.stock - v.held as available, r.minor,
                s.id as seller, s.name as seller_name, s.fee_percent, s.standing
         from products p join variants v on v.product = p.slug join prices r on r.variant = v.id
              left join sellers s on s.id = p.seller
         where r.market = $1 and p.on_sale = 1 and v.on_sale = 1
         order by p.position, r.minor, v.position",
    )
    .bind(market.code())
    .fetch_all(pool)
    .await?;
    gathered(&rows, market)
}

/// The product with this slug; `None` when the market does not have it.
///
/// # Errors
/// When the database fails.
pub async fn product(pool: &AnyPool, market: Market, slug: &str) -> Result<Option<Product>, sqlx::Error> {
    let rows = sqlx::query(
        "select p.slug, p.name, p.category, p.summary, p.description, p.drawing, p.delivery,
                v.id, v.label, v.stock - v.held as available, r.minor,
                s.id as seller, s.name as seller_name, s.fee_percent, s.standing
         from products p join variants v on v.product = p.slug join prices r on r.variant = v.id
              left join sellers s on s.id = p.seller
         where r.market = $1 and p.slug = $2 and p.on_sale = 1 and v.on_sale = 1
         order by r.minor, v.position",
    )
    .bind(market.code())
    .bind(slug)
    .fetch_all(pool)
    .await?;
    Ok(gathered(&rows, market)?.into_iter().next())
}

/// One row a variant becomes one product with its variants; the rows of a product follow each other.
fn gathered(rows: &[AnyRow], market: Market) -> Result<Vec<Product>, sqlx::Error> {
    let mut products: Vec<Product> = Vec::new();
    for row in rows {
        let slug: String = row.try_get("slug")?;
        let delivery = delivery(row)?;
        let variant = Variant {
            id: row.try_get("id")?,
            label: row.try_get("label")?,
            price: Money::new(row.try_get("minor")?, market.currency()),
            available: available(delivery, row.try_get("available")?),
        };
        match products.last_mut() {
            Some(product) if product.slug == slug => product.variants.push(variant),
            _ => products.push(Product {
                slug,
                name: row.try_get("name")?,
                category: row.try_get("category")?,
                summary: row.try_get("summary")?,
                description: row.try_get("description")?,
                drawing: row.try_get("drawing")?,
                delivery,
                sold_by: sold_by(row)?,
                variants: vec![variant],
            }),
        }
    }
    Ok(products)
}

/// What can be sold now, from the row's stock less its holds.
pub fn available(delivery: Delivery, left: i64) -> i64 {
    match delivery {
        Delivery::Download => ENOUGH,
        Delivery::Post => left.max(0),
    }
}

/// The row's `delivery`; the table's check allows nothing else.
///
/// # Errors
/// When the row says something else all the same.
pub fn delivery(row: &AnyRow) -> Result<Delivery, sqlx::Error> {
    let code: String = row.try_get("delivery")?;
    Delivery::from_code(&code).ok_or_else(|| sqlx::Error::Decode(format!("{code:?} is no delivery").into()))
}
