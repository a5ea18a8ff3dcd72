//! The front page: who we are in two lines, and everything on the shelves.

use super::page;
use super::parts::{alert, product_grid};
use crate::server::catalogue;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn Home() -> impl IntoView {
    page(async |here| {
        let categories = catalogue::categories(&here.state.pool).await?;
        let products = catalogue::products(&here.state.pool, here.visitor.market).await?;
        let links = categories
            .iter()
            .map(|category| {
                view! {
                    <li>
                        <a class="chip" href=format!("/categories/{}", category.slug)>
                            {category.name.clone()}
                        </a>
                    </li>
                }
            })
            .collect_view();
        let shelves = categories
            .into_iter()
            .map(|category| {
                let mine = products.iter().filter(|product| product.category == category.slug).cloned().collect();
                view! {
                    <section class="shelf" aria-labelledby=format!("shelf-{}", category.slug)>
                        <h2 id=format!("shelf-{}", category.slug)>
                            <a href=format!("/categories/{}", category.slug)>{category.name}</a>
                        </h2>
                        <p class="lead">{category.intro}</p>
                        {product_grid(mine)}
                    </section>
                }
            })
            .collect_view();
        Ok(view! {
            <Title text="Noren: good things for table, desk and door" />
            {alert(here.problem)}
            <section class="hero">
                <div>
                    <h1>"Good things for table, desk and door"</h1>
                    <p class="lead">
                        "Cloth, clay, tea and paper from small workshops, and a few things to download. "
                        "A noren is the short curtain at a shop’s door: come in."
                    </p>
                </div>
                <img class="hero-drawing" src="/drawings/indigo-noren.svg" alt="" width="480" height="480" />
            </section>
            <nav aria-label="Categories">
                <ul class="chips">{links}</ul>
            </nav>
            {shelves}
        }
        .into_any())
    })
}
