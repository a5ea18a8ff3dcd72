//! The pages for what is not there, and for when the shop itself is at fault.

use super::{Missing, page};
use leptos::prelude::*;
use leptos_meta::Title;

/// Any address that no route knows.
#[component]
pub fn NotFound() -> impl IntoView {
    page(async |_| Err(Missing::NotFound))
}

pub fn content() -> impl IntoView {
    view! {
        <Title text="Not found · Noren" />
        <div class="message">
            <h1>"There is nothing behind this curtain"</h1>
            <p class="lead">
                "The address may be mistyped, or what it showed is gone. The address of an order is long; please copy all of it."
            </p>
            <p>
                <a class="button main" href="/">
                    "To the shop"
                </a>
            </p>
        </div>
    }
}

pub fn broken() -> impl IntoView {
    view! {
        <Title text="Please try again · Noren" />
        <div class="message">
            <h1>"That is our fault"</h1>
            <p class="lead">
                "Something in the shop does not work just now. Nothing was lost and nothing was charged; please try again in a moment."
            </p>
        </div>
    }
}
