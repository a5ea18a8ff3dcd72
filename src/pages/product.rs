//! One product: what it is, which ones there are, how many are left, and the way into the basket.

use super::parts::{alert, stock_words, withheld_notice};
use super::{Missing, page, parameter};
use crate::api::AddToBasket;
use crate::domain::basket::MOST_OF_ONE;
use crate::domain::{Delivery, Product as ProductOnSale, SoldBy, Variant};
use crate::server::catalogue;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn Product() -> impl IntoView {
    let slug = parameter("slug");
    page(async move |here| {
        let pool = &here.state.pool;
        let product = catalogue::product(pool, here.visitor.market, &slug).await?.ok_or(Missing::NotFound)?;
        let categories = catalogue::categories(pool).await?;
        let category = categories.into_iter().find(|category| category.slug == product.category);
        let crumb = category.map(|category| {
            view! {
                <span aria-hidden="true">" / "</span>
                <a href=format!("/categories/{}", category.slug)>{category.name}</a>
            }
        });
        Ok(view! {
            <Title text=format!("{} · Noren", product.name) />
            <nav aria-label="Where you are" class="crumbs">
                <a href="/">"All things"</a>
                {crumb}
            </nav>
            <article class="product-page">
                <img
                    class="product-drawing"
                    src=format!("/{}", product.drawing)
                    alt=format!("Drawing: {}", product.name)
                    width="480"
                    height="480"
                />
                <div class="product-facts">
                    <h1>{product.name.clone()}</h1>
                    <p class="lead">{product.summary.clone()}</p>
                    {alert(here.problem)}
                    {product.sold_by.as_ref().map(sold_by_line)}
                    {order_form(&product, here.path)}
                    <p>{product.description}</p>
                    <p class="hint">{delivery_words(product.delivery)}</p>
                </div>
            </article>
        }
        .into_any())
    })
}

fn delivery_words(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Post => "Goes by post, packed in paper. The postage is in the price.",
        Delivery::Download => "A file to download. It opens on your order’s page as soon as the payment is confirmed.",
    }
}

fn sold_by_line(sold_by: &SoldBy) -> impl IntoView + use<> {
    view! {
        <p class="hint">
            "Sold by " <a href=format!("/sellers/{}", sold_by.seller)>{sold_by.name.clone()}</a>
            ", who makes it."
        </p>
    }
}

fn order_form(product: &ProductOnSale, back: String) -> AnyView {
    if let Some(notice) = withheld_notice(product) {
        return view! {
            <p class="product-price">{product.variants.first().map(|variant| variant.price.to_string())}</p>
            {notice}
        }
        .into_any();
    }
    if product.sold_out() {
        return view! {
            <p class="product-price">{product.variants.first().map(|variant| variant.price.to_string())}</p>
            <p class="notice">"Sold out. The next ones are being made; please look in again."</p>
        }
        .into_any();
    }
    let most = product.variants.iter().map(|variant| variant.available).max().unwrap_or(1).min(MOST_OF_ONE);
    view! {
        <form method="post" action=AddToBasket::PATH class="order-form">
            <input type="hidden" name="back" value=back />
            {variant_choice(product)}
            <div class="order-form-row">
                <label for="quantity" class="field-label">
                    "Quantity"
                </label>
                <input
                    id="quantity"
                    name="quantity"
                    type="number"
                    value="1"
                    min="1"
                    max=most
                    inputmode="numeric"
                    autocomplete="off"
                    class="field quantity"
                />
                <button class="button main">"Add to basket"</button>
            </div>
        </form>
    }
    .into_any()
}

fn variant_choice(product: &ProductOnSale) -> AnyView {
    let is_download = product.delivery == Delivery::Download;
    if let [only] = product.variants.as_slice() {
        return view! {
            <input type="hidden" name="variant" value=only.id.clone() />
            <p class="product-price">
                {only.price.to_string()} " " <span class="stock">{stock_words(only.available, is_download)}</span>
            </p>
        }
        .into_any();
    }
    let first = product.variants.iter().position(|variant| variant.available > 0);
    let choices = product
        .variants
        .iter()
        .enumerate()
        .map(|(index, variant)| variant_radio(variant, is_download, Some(index) == first))
        .collect_view();
    view! {
        <fieldset class="choices">
            <legend class="field-label">"Which one"</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

fn variant_radio(variant: &Variant, is_download: bool, chosen: bool) -> impl IntoView {
    let id = format!("variant-{}", variant.id);
    view! {
        <div class="choice">
            <input
                type="radio"
                name="variant"
                required
                id=id.clone()
                value=variant.id.clone()
                checked=chosen
                disabled=variant.available <= 0
                aria-describedby=format!("{id}-stock")
            />
            <label for=id.clone() class="choice-label">
                {variant.label.clone()}
            </label>
            <span class="choice-price">{variant.price.to_string()}</span>
            <span id=format!("{id}-stock") class="hint choice-hint stock">
                {stock_words(variant.available, is_download)}
            </span>
        </div>
    }
}
