//! The basket: what is in it, how many of each, what it costs.

use super::parts::{alert, island_scripts, stock_words, withheld_words};
use super::{keep_no_copy, page};
use crate::api::SetQuantity;
use crate::domain::basket::MOST_OF_ONE;
use crate::domain::{BasketLine, Delivery};
use crate::islands::Stepper;
use crate::server::basket;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn Basket() -> impl IntoView {
    page(async |here| {
        keep_no_copy();
        let pool = &here.state.pool;
        let (found, unpaid) = match &here.visitor.basket {
            Some(id) => (basket::find(pool, id).await?, basket::unpaid_order(pool, id).await?),
            None => (None, None),
        };
        let content = match found.filter(|basket| !basket.lines.is_empty()) {
            Some(basket) => {
                let total = basket.total().map(|total| total.to_string());
                let lines =
                    basket.lines.into_iter().enumerate().map(|(index, line)| basket_line(index, line)).collect_view();
                view! {
                    <ul class="basket-lines">{lines}</ul>
                    <div class="basket-end">
                        <p class="total">"Total " <strong data-testid="total">{total}</strong></p>
                        <p class="hint">"Postage and tax are in the prices."</p>
                        <a class="button main" href="/checkout">
                            "Checkout"
                        </a>
                    </div>
                    {island_scripts(here.state.leptos)}
                }
                .into_any()
            }
            None => empty().into_any(),
        };
        Ok(view! {
            <Title text="Basket · Noren" />
            <h1>"Your basket"</h1>
            {alert(here.problem)}
            {unpaid.map(unpaid_notice)}
            {content}
        }
        .into_any())
    })
}

pub fn empty() -> impl IntoView {
    view! {
        <div class="message">
            <p class="lead">"There is nothing in your basket yet."</p>
            <p>
                <a class="button main" href="/">
                    "Look around"
                </a>
            </p>
        </div>
    }
}

fn unpaid_notice(token: String) -> impl IntoView {
    view! {
        <p class="notice">
            "You have placed an order that is not paid yet. "
            <a href=format!("/orders/{token}")>"See the order"</a>
        </p>
    }
}

fn basket_line(index: usize, line: BasketLine) -> impl IntoView {
    let id = format!("quantity-{index}");
    let called = line.title();
    let withheld = line.sold_by.as_ref().filter(|_| line.is_withheld());
    let stock = match withheld {
        Some(sold_by) => {
            let words = format!("{}: please remove it.", withheld_words(sold_by));
            view! { <span class="short">{words}</span> }.into_any()
        }
        None if line.quantity > line.available => {
            view! { <span class="short">{too_many_words(line.available)}</span> }.into_any()
        }
        None => {
            let words = stock_words(line.available, line.delivery == Delivery::Download);
            view! { <span class="hint">{words}</span> }.into_any()
        }
    };
    view! {
        <li class="basket-line">
            <img class="thumb" src=format!("/{}", line.drawing) alt="" width="96" height="96" />
            <div class="basket-line-name">
                <a href=format!("/products/{}", line.slug)>{line.name.clone()}</a>
                <span class="hint">{line.label.clone()}</span>
                <span class="hint">{format!("{} each", line.unit_price)}</span>
                {stock}
            </div>
            <form method="post" action=SetQuantity::PATH class="basket-line-form">
                <input type="hidden" name="variant" value=line.variant.clone() />
                <label for=id.clone() class="field-label">
                    "Quantity"
                    <span class="sr-only">{format!(" of {called}")}</span>
                </label>
                <Stepper id quantity=line.quantity most=line.available.min(MOST_OF_ONE) />
                <button class="button quiet">
                    "Update"
                    <span class="sr-only">{format!(" {called}")}</span>
                </button>
            </form>
            <form method="post" action=SetQuantity::PATH class="basket-line-remove">
                <input type="hidden" name="variant" value=line.variant.clone() />
                <input type="hidden" name="quantity" value="0" />
                <button class="button quiet">
                    "Remove"
                    <span class="sr-only">{format!(" {called}")}</span>
                </button>
            </form>
            <span class="basket-line-total">{line.total().map(|total| total.to_string())}</span>
        </li>
    }
}

fn too_many_words(available: i64) -> String {
    match available {
        ..=0 => "Sold out meanwhile: please remove it.".to_owned(),
        1 => "Only one is left.".to_owned(),
        some => format!("Only {some} are left."),
    }
}
