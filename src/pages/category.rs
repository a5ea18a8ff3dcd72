//! One shelf of the shop.

use super::parts::product_grid;
use super::{Missing, page, parameter};
use crate::server::catalogue;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn Category() -> impl IntoView {
    let slug = parameter("slug");
    page(async move |here| {
        let categories = catalogue::categories(&here.state.pool).await?;
        let category = categories.into_iter().find(|category| category.slug == slug).ok_or(Missing::NotFound)?;
        let mut products = catalogue::products(&here.state.pool, here.visitor.market).await?;
        products.retain(|product| product.category == slug);
        Ok(view! {
            <Title text=format!("{} · Noren", category.name) />
            <nav aria-label="Where you are" class="crumbs">
                <a href="/">"All things"</a>
            </nav>
            <h1>{category.name}</h1>
            <p class="lead">{category.intro}</p>
            {product_grid(products)}
        }
        .into_any())
    })
}
