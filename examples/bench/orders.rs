//! Orders as shoppers place and pay them: over the shop's forms and the simulator's hosted page. Only the provider's
//! webhooks are held back, for the load generator to deliver.

use super::programs::Program;
use anyhow::{Context, ensure};
use axum::http::{StatusCode, header};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sqlx::{AnyPool, Row};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;
use url::Url;

/// How many shoppers buy at the same time.
const SHOPPERS: usize = 8;
/// How many of the one thing that everybody buys there are at first. No catalogue has that much of anything.
pub const STOCK: i64 = 1_000_000;

/// # Errors
/// Only if the client cannot be built.
pub fn client() -> anyhow::Result<Client> {
    // What the environment says about proxies is not about this machine's own ports.
    Ok(Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?)
}

/// Chooses a variant that everybody will buy, and puts enough of it on the shelf. It is posted, because that is the
/// longer way to a fulfilled order.
///
/// # Errors
/// When the catalogue has none, or the database fails.
pub async fn stock_up(database: &AnyPool) -> anyhow::Result<String> {
    let row = sqlx::query(
        "select v.id from variants v join products p on p.slug = v.product
         where p.delivery = 'post' and p.on_sale = 1 and v.on_sale = 1 order by v.id limit 1",
    )
    .fetch_optional(database)
    .await?;
    let variant: String = row.context("the catalogue has nothing that is posted")?.try_get("id")?;
    sqlx::query("update variants set stock = $1 where id = $2").bind(STOCK).bind(&variant).execute(database).await?;
    Ok(variant)
}

/// A new basket with one of the variant in it, as the cookie that a browser sends.
///
/// # Errors
/// When the shop gives none.
pub async fn fill_basket(client: &Client, shop: &str, variant: &str) -> anyhow::Result<String> {
    let form = [("variant", variant), ("quantity", "1"), ("back", "/")];
    let answer = client.post(format!("{shop}/api/add_to_basket")).form(&form).send().await?;
    ensure!(place(&answer)? == "/basket", "nothing could be put into a basket: {}", place(&answer)?);
    let cookie = answer.headers().get(header::SET_COOKIE).context("there is no basket")?;
    Ok(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned())
}

/// # Errors
/// When one of them cannot be placed or paid.
pub async fn place_and_pay(shop: &Program, simulator: &Program, variant: &str, orders: usize) -> anyhow::Result<()> {
    let client = client()?;
    control(&client, simulator, "deliveries", json!({ "mode": "paused" })).await?;
    // Otherwise an event with the same content precedes each, and half of the notices would have nothing to do.
    control(&client, simulator, "switches", json!({ "updated_with_captured": "off" })).await?;
    let left = Arc::new(AtomicUsize::new(orders));
    let mut shoppers = JoinSet::new();
    for _ in 0..SHOPPERS {
        let (client, left) = (client.clone(), Arc::clone(&left));
        let (shop, variant) = (shop.url(""), variant.to_owned());
        shoppers.spawn(async move {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                buy(&client, &shop, &variant).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(shopper) = shoppers.join_next().await {
        shopper??;
    }
    Ok(())
}

async fn control(client: &Client, simulator: &Program, what: &str, wish: Value) -> anyhow::Result<()> {
    client.post(simulator.url(&format!("/control/{what}"))).json(&wish).send().await?.error_for_status()?;
    Ok(())
}

/// One shopper: fills a basket, checks out, pays by card.
async fn buy(client: &Client, shop: &str, variant: &str) -> anyhow::Result<()> {
    let basket = fill_basket(client, shop, variant).await?;
    let form = [
        ("email", "shopper@example.com"),
        ("name", "Ada Shopper"),
        ("street", "1 Harbour Street"),
        ("city", "Sampleton"),
        ("postcode", "12345"),
        ("country", "Netherlands"),
        ("method", "komoju/credit_card"),
    ];
    let checkout = client.post(format!("{shop}/api/start_checkout")).header(header::COOKIE, basket);
    let answer = checkout.form(&form).send().await?;
    let mut page = Url::parse(place(&answer)?).with_context(|| format!("no hosted page but {:?}", place(&answer)))?;
    page.path_segments_mut().ok().context("the hosted page has no path")?.push("credit_card");
    let card = [("card_number", "4111111111111111"), ("card_name", "Ada Shopper"), ("expiry", "12/98"), ("cvc", "123")];
    let answer = client.post(page).form(&card).send().await?;
    ensure!(place(&answer)?.starts_with(shop), "a payment did not lead back to the shop");
    Ok(())
}

/// Where a form's answer sends the browser.
fn place(answer: &Response) -> anyhow::Result<&str> {
    ensure!(answer.status() == StatusCode::SEE_OTHER, "{} answered a form with {}", answer.url(), answer.status());
    Ok(answer.headers().get(header::LOCATION).context("a 303 says nowhere to go")?.to_str()?)
}
