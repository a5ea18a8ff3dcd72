//! Help with one order: where a provider's page sends a shopper who presses "Help" there.

use crate::pages::{Missing, keep_no_copy, page, parameter};
use crate::server::order_view;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn Support() -> impl IntoView {
    let token = parameter("token");
    page(async move |here| {
        keep_no_copy();
        let order = order_view::read(&here.state, &token, None).await?.ok_or(Missing::NotFound)?;
        let reference = order.attempts.last().and_then(|attempt| attempt.session.clone());
        Ok(view! {
            <Title text="Help with an order · Noren" />
            <p class="crumbs">{format!("Order {}", order.id)}</p>
            <article class="prose" data-testid="support">
                <h1>"Help with this order"</h1>
                <p class="lead">
                    <a href=format!("/orders/{}", order.token)>"The order’s own page"</a>
                    " always says how it stands, and what you can do about it. There is no need to keep the payment page open."
                </p>
                <h2>"If you have paid and the page does not say so"</h2>
                <p>
                    "Please do not pay again. A bank may take hours, and a payment that comes late still finds its order. "
                    "What was paid and cannot be sent is given back."
                </p>
                <h2>"If you write to us"</h2>
                <p>"Please name the order’s number, and what the payment service calls your payment. Never send a card’s number."</p>
                <dl class="facts">
                    {fact("Order", order.id)} {fact("Paid through", order.provider)}
                    {reference.map(|reference| fact("Its reference", reference))}
                </dl>
            </article>
        }
        .into_any())
    })
}

fn fact(name: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
