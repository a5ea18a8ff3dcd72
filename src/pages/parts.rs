//! What several pages are made of.

use crate::domain::{Method, Problem, Product, SoldBy};
use leptos::prelude::*;

/// What went wrong, where a screen reader says it first.
pub fn alert(problem: Option<Problem>) -> impl IntoView {
    problem.map(|problem| {
        view! {
            <p role="alert" class="notice warn" data-problem=problem.code()>
                {problem.sentence()}
            </p>
        }
    })
}

/// How many there are, in words.
pub fn stock_words(available: i64, is_download: bool) -> String {
    match available {
        _ if is_download => "Download".to_owned(),
        ..=0 => "Sold out".to_owned(),
        1 => "Last one".to_owned(),
        many => format!("{many} in stock"),
    }
}

/// Why nothing of this seller can be bought, as the beginning of a sentence.
pub fn withheld_words(sold_by: &SoldBy) -> String {
    format!("{} cannot sell at the moment", sold_by.name)
}

/// The same as a notice; `None` for what can be bought.
pub fn withheld_notice(product: &Product) -> Option<impl IntoView + use<>> {
    let sold_by = product.sold_by.as_ref().filter(|_| product.is_withheld())?;
    Some(view! {
        <p class="notice" data-testid="withheld">
            {withheld_words(sold_by)} ", so what it makes cannot be bought."
        </p>
    })
}

pub fn product_grid(products: Vec<Product>) -> impl IntoView {
    let cards = products.into_iter().map(|product| view! { <li>{product_card(product)}</li> }).collect_view();
    view! { <ul class="product-grid">{cards}</ul> }
}

fn product_card(product: Product) -> impl IntoView {
    let badge = match product.is_withheld() {
        true => Some("Not sold now"),
        false => product.sold_out().then_some("Sold out"),
    };
    // Cheapest first, as the database orders them.
    let price = product.variants.first().map(|variant| variant.price);
    let dearer = product.variants.last().map(|variant| variant.price) != price;
    view! {
        <a class="product-card" href=format!("/products/{}", product.slug)>
            <img
                class="product-drawing"
                src=format!("/{}", product.drawing)
                alt=""
                width="480"
                height="480"
                loading="lazy"
            />
            <span class="product-name">{product.name}</span>
            <span class="product-summary">{product.summary}</span>
            <span class="product-price">
                {price.map(|price| if dearer { format!("from {price}") } else { price.to_string() })}
                {badge.map(|badge| view! { <span class="badge">{badge}</span> })}
            </span>
        </a>
    }
}

/// The ways to pay, as one choice. The first that can be used is chosen already.
pub fn method_choice(methods: Vec<Method>) -> impl IntoView {
    let first = methods.iter().position(|method| method.unavailable.is_none());
    let choices = methods
        .into_iter()
        .enumerate()
        .map(|(index, method)| {
            let id = format!("method-{index}");
            let usable = method.unavailable.is_none();
            let hint = method.unavailable.clone().unwrap_or_else(|| method.hint.to_owned());
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        name="method"
                        required
                        id=id.clone()
                        value=method.form_value()
                        checked=Some(index) == first
                        disabled=!usable
                        aria-describedby=format!("{id}-hint")
                    />
                    <label for=id.clone() class="choice-label">
                        {method.label}
                    </label>
                    <span id=format!("{id}-hint") class="hint choice-hint">
                        {hint}
                    </span>
                </div>
            }
        })
        .collect_view();
    view! { <div class="choices">{choices}</div> }
}

/// Starts the islands of the page that it is on.
pub fn island_scripts(options: LeptosOptions) -> impl IntoView {
    view! { <HydrationScripts options islands=true /> }
}
