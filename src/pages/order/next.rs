//! What the shopper can do about an order now. Every button that moves money is a plain form.

use crate::api::{CancelOrder, FillBasketAgain, PayAgain};
use crate::domain::Method;
use crate::pages::parts::method_choice;
use crate::server::order_view::{Face, OrderView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub fn actions(order: &OrderView) -> AnyView {
    let token = order.token.clone();
    match &order.face {
        Face::NotPaidYet { page_url } | Face::Declined { page_url } => {
            let first = page_url.clone().map(to_the_hosted_page);
            let choice = if first.is_some() { "Pay another way" } else { "Choose how to pay" };
            let choice = pay_again(token.clone(), order.methods.clone(), choice, first.is_none());
            view! {
                {first.map(|first| view! { <div class="actions">{first}</div> })}
                {choice}
                <div class="actions">{cancel(token)}</div>
            }
            .into_any()
        }
        Face::Cancelled | Face::Expired => view! {
            <div class="actions">
                {button::<FillBasketAgain>(token, "Put these things back in my basket", "button main")} {to_the_shop()}
            </div>
        }
        .into_any(),
        Face::Complete | Face::PartlyRefunded(_) | Face::Refunded(_) | Face::ChargedBack(_) => {
            view! { <div class="actions">{to_the_shop()}</div> }.into_any()
        }
        // No other way to pay beside a slip: it can be paid at any counter until it is cancelled.
        Face::WaitingForYou(_) | Face::Held => view! { <div class="actions">{cancel(token)}</div> }.into_any(),
        Face::PaidUnconfirmed | Face::BeingConfirmed | Face::UnderReview => ().into_any(),
    }
}

fn to_the_hosted_page(url: String) -> impl IntoView {
    view! {
        <a class="button main" href=url rel="noreferrer">
            "Continue to payment"
        </a>
    }
}

fn to_the_shop() -> impl IntoView {
    view! {
        <a class="button" href="/">
            "Back to the shop"
        </a>
    }
}

fn cancel(token: String) -> impl IntoView {
    button::<CancelOrder>(token, "Cancel this order", "button quiet")
}

fn button<F: ServerFn>(token: String, label: &'static str, class: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=F::PATH>
            <input type="hidden" name="token" value=token />
            <button class=class>{label}</button>
        </form>
    }
}

/// Folded away while there is a page to continue on: that is the shorter way.
fn pay_again(token: String, methods: Vec<Method>, heading: &'static str, unfolded: bool) -> Option<impl IntoView> {
    let can_be_paid = methods.iter().any(|method| method.unavailable.is_none());
    can_be_paid.then(|| {
        view! {
            <details class="panel" open=unfolded>
                <summary>{heading}</summary>
                <form method="post" action=PayAgain::PATH class="pay-again">
                    <input type="hidden" name="token" value=token />
                    <fieldset class="group">
                        <legend class="sr-only">"How would you like to pay?"</legend>
                        {method_choice(methods)}
                    </fieldset>
                    <button class="button main">"Pay this way"</button>
                </form>
            </details>
        }
    })
}
