//! The SQL of orders and all that hangs on them, each query a function named by its intent.
//!
//! Functions take a connection, so that the caller decides what is one transaction. Changes of state are compare-and-set:
//! they answer whether the row still was as it had been read.

pub mod attempts;
pub mod attention;
pub mod baskets;
pub mod journal;
pub mod leases;
pub mod notices;
pub mod outcome;
pub mod refunds;
pub mod stock;
pub mod watch;

use crate::domain::{BasketLine, Contact, Currency, Delivery, Market, Money, Order, OrderState, Timestamp};
use crate::server::sellers::sold_by;
use crate::server::token::fingerprint;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

type Sql<T> = Result<T, sqlx::Error>;

/// A value in the database that this program never wrote.
fn unknown(what: &str, value: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{what} {value:?} is unknown").into())
}

/// A code column, read through its type's own `from_code`.
fn coded<T>(row: &AnyRow, column: &'static str, read: fn(&str) -> Option<T>) -> Sql<T> {
    let code: String = row.try_get(column)?;
    read(&code).ok_or_else(|| unknown(column, &code))
}

fn money(row: &AnyRow, minor: &'static str) -> Sql<Money> {
    Ok(Money::new(row.try_get(minor)?, coded(row, "currency", Currency::from_code)?))
}

fn contact(row: &AnyRow) -> Sql<Contact> {
    let text: String = row.try_get("contact")?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))
}

fn order(row: &AnyRow) -> Sql<Order> {
    Ok(Order {
        id: row.try_get("id")?,
        token: row.try_get("token")?,
        market: coded(row, "market", Market::from_code)?,
        state: coded(row, "state", OrderState::from_code)?,
        total: money(row, "total_minor")?,
        contact: contact(row)?,
        placed_at: row.try_get("placed_at")?,
    })
}

/// Stores a new order; `false` when this version of the basket has one already.
pub async fn insert(db: &mut AnyConnection, order: &Order, basket: &str, basket_version: i64) -> Sql<bool> {
    let done = sqlx::query(
        "insert into orders (id, token, token_fingerprint, basket, basket_version, market, state, total_minor,
                             currency, contact, placed_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
         on conflict (basket, basket_version) do nothing",
    )
    .bind(&order.id)
    .bind(&order.token)
    .bind(fingerprint(&order.token))
    .bind(basket)
    .bind(basket_version)
    .bind(order.market.code())
    .bind(order.state.code())
    .bind(order.total.minor)
    .bind(order.total.currency.code())
    .bind(json(&order.contact))
    .bind(order.placed_at)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn json(contact: &Contact) -> String {
    serde_json::to_string(contact).expect("a struct of strings always becomes JSON")
}

pub async fn insert_line(db: &mut AnyConnection, order: &str, line: &BasketLine) -> Sql<()> {
    sqlx::query(
        "insert into order_lines (order_id, variant, product, name, label, drawing, delivery, download, quantity,
                                  unit_minor, seller, fee_percent)
         select $1, $2, slug, $3, $4, drawing, delivery, download, $5, $6, $8, $9 from products where slug = $7",
    )
    .bind(order)
    .bind(&line.variant)
    .bind(&line.name)
    .bind(&line.label)
    .bind(line.quantity)
    .bind(line.unit_price.minor)
    .bind(&line.slug)
    .bind(line.sold_by.as_ref().map(|sold_by| &sold_by.seller))
    .bind(line.sold_by.as_ref().map_or(0, |sold_by| sold_by.fee_percent))
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the order's row for the rest of the transaction; `false` when it no longer awaits payment.
pub async fn lock_awaiting(db: &mut AnyConnection, id: &str, now: Timestamp) -> Sql<bool> {
    let done = sqlx::query("update orders set changed_at = $2 where id = $1 and state = 'awaiting_payment'")
        .bind(id)
        .bind(now)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what the shopper typed the second time, as long as nobody has paid.
pub async fn set_contact(db: &mut AnyConnection, id: &str, contact: &Contact) -> Sql<()> {
    sqlx::query("update orders set contact = $2 where id = $1 and state = 'awaiting_payment'")
        .bind(id)
        .bind(json(contact))
        .execute(db)
        .await?;
    Ok(())
}

/// Moves an order from one state to another; `false` when it was no longer in `from`.
pub async fn move_state(
    db: &mut AnyConnection,
    id: &str,
    from: OrderState,
    to: OrderState,
    now: Timestamp,
) -> Sql<bool> {
    let done = sqlx::query("update orders set state = $3, changed_at = $4 where id = $1 and state = $2")
        .bind(id)
        .bind(from.code())
        .bind(to.code())
        .bind(now)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn by_id(db: &mut AnyConnection, id: &str) -> Sql<Option<Order>> {
    let row = sqlx::query("select * from orders where id = $1").bind(id).fetch_optional(db).await?;
    row.as_ref().map(order).transpose()
}

pub async fn by_token(db: &mut AnyConnection, token: &str) -> Sql<Option<Order>> {
    let row = sqlx::query("select * from orders where token_fingerprint = $1")
        .bind(fingerprint(token))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(order).transpose()
}

/// The order that a version of a basket became.
pub async fn of_basket(db: &mut AnyConnection, basket: &str, version: i64) -> Sql<Option<Order>> {
    let row = sqlx::query("select * from orders where basket = $1 and basket_version = $2")
        .bind(basket)
        .bind(version)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(order).transpose()
}

/// A line of an order as it was sold, in the shape of a basket's line.
#[derive(Clone, Debug)]
pub struct OrderLine {
    pub line: BasketLine,
    /// The file under `downloads/`; empty for what is posted.
    pub download: String,
}

pub async fn lines(db: &mut AnyConnection, order: &Order) -> Sql<Vec<OrderLine>> {
    let rows = sqlx::query(
        "select l.*, s.name as seller_name, s.standing from order_lines l left join sellers s on s.id = l.seller
         where l.order_id = $1 order by l.name, l.label",
    )
    .bind(&order.id)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| order_line(row, order.total.currency)).collect()
}

fn order_line(row: &AnyRow, currency: Currency) -> Sql<OrderLine> {
    let quantity = row.try_get("quantity")?;
    let line = BasketLine {
        variant: row.try_get("variant")?,
        slug: row.try_get("product")?,
        name: row.try_get("name")?,
        label: row.try_get("label")?,
        drawing: row.try_get("drawing")?,
        delivery: coded(row, "delivery", Delivery::from_code)?,
        quantity,
        unit_price: Money::new(row.try_get("unit_minor")?, currency),
        available: quantity,
        sold_by: sold_by(row)?,
    };
    Ok(OrderLine { line, download: row.try_get("download")? })
}

/// Orders that have waited since `before` without a live attempt.
pub async fn abandoned(db: &mut AnyConnection, before: Timestamp, limit: i64) -> Sql<Vec<String>> {
    let rows = sqlx::query(
        "select id from orders where state = 'awaiting_payment' and changed_at <= $1
           and not exists (select 1 from attempts a where a.order_id = orders.id
                             and a.state in ('opening', 'open', 'authorised', 'declined'))
         order by changed_at limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| row.try_get("id")).collect()
}
