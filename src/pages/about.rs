//! What this shop is, for whoever wonders where the parcel stays.

use super::page;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn About() -> impl IntoView {
    page(async |here| {
        let providers = here.state.providers.iter().map(|provider| provider.name().title()).collect::<Vec<_>>();
        Ok(view! {
            <Title text="About · Noren" />
            <article class="prose">
                <h1>"About this shop"</h1>
                <p class="lead">
                    "A noren is the short curtain at a Japanese shop’s door. You pass under it on the way out to pay, and again on the way back."
                </p>
                <p>
                    "This is a demonstration. The shelves, baskets, orders and payments work as they would in a real shop, "
                    "but nothing is ever sent. Unless its keeper has connected a real payment service, no money moves either: "
                    "a simulator stands in for the provider, down to the confirmation codes."
                </p>
                <h2>"How paying works here"</h2>
                <ol>
                    <li>"You choose a way to pay. Your order is stored and its things are kept for you."</li>
                    <li>"You pay on the page of the payment service. Your card never touches this shop."</li>
                    <li>
                        "The payment service tells us, with a signed message, that the money has arrived. "
                        "Only that completes an order: not your browser coming back, and nothing that can be typed into an address."
                    </li>
                    <li>"You can close the page at any time. The order continues by itself, and its address always says how it stands."</li>
                </ol>
                <p>"Payment service of this shop: " {providers.join(", ")} "."</p>
                <h2>"For developers"</h2>
                <p>
                    "Noren is meant to be read and forked. Every order’s page ends with what happened behind it: attempts, journal and notices. "
                    <a href="https://github.com/noren-shop/noren">"The source"</a>
                </p>
            </article>
        }
        .into_any())
    })
}
