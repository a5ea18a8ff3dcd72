//! Somebody who sells here: who they are and what they have.

use super::parts::{product_grid, withheld_notice};
use super::{Missing, page, parameter};
use crate::server::{catalogue, sellers};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn Seller() -> impl IntoView {
    let id = parameter("id");
    page(async move |here| {
        let pool = &here.state.pool;
        let seller = sellers::by_id(&mut *pool.acquire().await?, &id).await?;
        let seller = seller.filter(|seller| seller.listed).ok_or(Missing::NotFound)?;
        let mut products = catalogue::products(pool, here.visitor.market).await?;
        products.retain(|product| product.sold_by.as_ref().is_some_and(|sold_by| sold_by.seller == id));
        let withheld = products.first().and_then(withheld_notice);
        Ok(view! {
            <Title text=format!("{} · Noren", seller.name) />
            <nav aria-label="Where you are" class="crumbs">
                <a href="/">"All things"</a>
            </nav>
            <h1>{seller.name}</h1>
            <p class="lead">{seller.intro}</p>
            {withheld}
            {product_grid(products)}
        }
        .into_any())
    })
}
