//! An order's page: how it stands, what to do next, what it is about. It shows what the database says and decides
//! nothing; its address is all it takes to see it, so it is told to nobody.

mod developers;
mod face;
mod instructions;
mod next;
mod support;

pub use support::Support;

use super::parts::{alert, island_scripts};
use super::{Missing, format, keep_no_copy, page, parameter};
use crate::domain::Delivery;
use crate::islands::OrderLive;
use crate::server::order_view::{self, Face, LineView, OrderView};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn Order() -> impl IntoView {
    let token = parameter("token");
    page(async move |here| {
        keep_no_copy();
        let version = order_view::version(&here.state, &token).await?.ok_or(Missing::NotFound)?;
        let order = order_view::read(&here.state, &token, here.back).await?.ok_or(Missing::NotFound)?;
        let heading = format!("Order {}", order.id);
        let refresh = face::seconds_between_refreshes(&order.face);
        Ok(view! {
            <Title text=format!("{heading} · Noren") />
            <p class="crumbs" data-testid="order-id">
                {heading}
            </p>
            {alert(here.problem)}
            <section
                class=format!("face {}", face::tone(&order.face))
                data-testid="order-face"
                data-face=face::code(&order.face)
                aria-live="polite"
            >
                <h1>{face::headline(&order.face)}</h1>
                {face::explanation(&order)}
            </section>
            {instructions(&order)}
            {next::actions(&order)}
            {refresh.map(|seconds| live(token, version, seconds, here.state.leptos))}
            {contents(&order)}
            {receipt(order.receipt.clone())}
            {developers::details(order)}
        }
        .into_any())
    })
}

/// With the browser's side awake the page asks and changes by itself; without it the browser loads it again.
fn live(token: String, version: String, seconds: u32, options: LeptosOptions) -> impl IntoView {
    view! {
        <OrderLive token version />
        <noscript>
            <meta http-equiv="refresh" content=seconds.to_string() />
        </noscript>
        {island_scripts(options)}
    }
}

fn instructions(order: &OrderView) -> Option<impl IntoView + use<>> {
    match &order.face {
        Face::WaitingForYou(todo) => Some(instructions::card(todo, order.market)),
        Face::NotPaidYet { .. }
        | Face::Declined { .. }
        | Face::PaidUnconfirmed
        | Face::BeingConfirmed
        | Face::Held
        | Face::Complete
        | Face::Cancelled
        | Face::Expired
        | Face::PartlyRefunded(_)
        | Face::Refunded(_)
        | Face::ChargedBack(_)
        | Face::UnderReview => None,
    }
}

fn contents(order: &OrderView) -> impl IntoView + use<> {
    let lines = order.lines.iter().map(line).collect_view();
    view! {
        <section class="panel" aria-labelledby="contents-heading">
            <h2 id="contents-heading">"What you ordered"</h2>
            <ul class="basket-lines">{lines}</ul>
            <p class="total">"Total " <strong data-testid="total">{order.total.to_string()}</strong></p>
            <p class="hint">
                {format!("{}. Placed {}.", paid_by(order), format::moment(order.placed_at, order.market))}
            </p>
        </section>
    }
}

/// Names the provider once: some methods have it in their label.
fn paid_by(order: &OrderView) -> String {
    if order.method.contains(&order.provider) {
        order.method.clone()
    } else {
        format!("{} by {}", order.method, order.provider)
    }
}

fn line(line: &LineView) -> impl IntoView + use<> {
    let file = match (line.delivery, line.download.clone()) {
        (Delivery::Post, _) => None,
        (Delivery::Download, Some(place)) => Some(
            view! {
                <a class="button" href=place download>
                    "Download"
                    <span class="sr-only">{format!(" {}", line.name)}</span>
                </a>
            }
            .into_any(),
        ),
        (Delivery::Download, None) => Some(view! { <span class="hint">"Download, once paid"</span> }.into_any()),
    };
    view! {
        <li class="order-line">
            <img class="thumb" src=format!("/{}", line.drawing) alt="" width="96" height="96" />
            <div class="basket-line-name">
                <span>{format!("{} × {}", line.quantity, line.name)}</span>
                <span class="hint">{line.label.clone()}</span>
                {line.sold_by.as_ref().map(|name| view! { <span class="hint">{format!("Sold by {name}")}</span> })}
                {file}
            </div>
            <span class="basket-line-total">{line.total.to_string()}</span>
        </li>
    }
}

fn receipt(text: Option<String>) -> Option<impl IntoView> {
    text.map(|text| {
        view! {
            <details class="panel">
                <summary>"Receipt"</summary>
                <pre data-testid="receipt" class="receipt">
                    {text}
                </pre>
            </details>
        }
    })
}
