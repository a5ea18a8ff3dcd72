//! The checkout: who buys, where a parcel goes, how it is paid. The payment itself happens on the provider's page.

use super::basket::empty;
use super::parts::{alert, method_choice, withheld_words};
use super::{keep_no_copy, page};
use crate::api::StartCheckout;
use crate::domain::{Basket, Contact, Method, Money};
use crate::payments::checkout::offers;
use crate::server::basket;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn Checkout() -> impl IntoView {
    page(async |here| {
        keep_no_copy();
        let found = match &here.visitor.basket {
            Some(id) => basket::find(&here.state.pool, id).await?,
            None => None,
        };
        let found = found.filter(|basket| !basket.lines.is_empty());
        let content = match found.and_then(|basket| basket.total().map(|total| (basket, total))) {
            Some((basket, total)) => {
                let mut db = here.state.pool.acquire().await?;
                let methods = offers(&here.state, &mut db, basket.market, total, &basket.lines).await?;
                checkout_form(basket, total, methods).into_any()
            }
            None => empty().into_any(),
        };
        Ok(view! {
            <Title text="Checkout · Noren" />
            <h1>"Checkout"</h1>
            {alert(here.problem)}
            {content}
        }
        .into_any())
    })
}

fn checkout_form(basket: Basket, total: Money, methods: Vec<Method>) -> impl IntoView {
    let can_be_paid = methods.iter().any(|method| method.unavailable.is_none());
    let withheld = basket.lines.iter().find(|line| line.is_withheld());
    let posted = basket.must_be_posted();
    let end = if let Some((line, sold_by)) = withheld.and_then(|line| Some((line, line.sold_by.as_ref()?))) {
        let words = format!("{}. Please take {} out of your basket.", withheld_words(sold_by), line.title());
        view! { <p class="notice warn" data-testid="withheld">{words}</p> }.into_any()
    } else if can_be_paid {
        view! {
            <button class="button main wide">{format!("Pay {total}")}</button>
            <p class="hint">
                "You pay on the payment service’s own page. We never see your card, and your basket stays as it is until the order is paid."
            </p>
        }
        .into_any()
    } else {
        view! { <p class="notice">"None of our ways to pay can be used for this basket in this market."</p> }.into_any()
    };
    let summary = summary(&basket, total);
    view! {
        <div class="checkout">
            <form method="post" action=StartCheckout::PATH class="checkout-form">
                {contact_fields(&basket.contact)}
                {posted.then(|| address_fields(&basket.contact))}
                <fieldset class="group">
                    <legend>"How would you like to pay?"</legend>
                    {method_choice(methods)}
                </fieldset>
                {end}
            </form>
            {summary}
        </div>
    }
}

fn contact_fields(contact: &Contact) -> impl IntoView + use<> {
    view! {
        <fieldset class="group">
            <legend>"Who is buying?"</legend>
            {field("email", "E-mail", "email", "email", &contact.email)}
            {field("name", "Name", "text", "name", &contact.name)}
        </fieldset>
    }
}

fn address_fields(contact: &Contact) -> impl IntoView + use<> {
    view! {
        <fieldset class="group">
            <legend>"Where does the parcel go?"</legend>
            {field("street", "Street and number", "text", "street-address", &contact.street)}
            <div class="pair">
                {field("postcode", "Postcode", "text", "postal-code", &contact.postcode)}
                {field("city", "City", "text", "address-level2", &contact.city)}
            </div>
            {field("country", "Country", "text", "country-name", &contact.country)}
        </fieldset>
    }
}

/// `kind` is the input's type, `fills` what the browser may fill it with.
fn field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    fills: &'static str,
    value: &str,
) -> impl IntoView + use<> {
    let longest = if kind == "email" { 254 } else { 200 };
    view! {
        <div class="field-group">
            <label for=name class="field-label">
                {label}
            </label>
            <input
                id=name
                name=name
                type=kind
                autocomplete=fills
                value=value.to_owned()
                required
                maxlength=longest
                class="field wide"
            />
        </div>
    }
}

fn summary(basket: &Basket, total: Money) -> impl IntoView + use<> {
    let lines = basket
        .lines
        .iter()
        .map(|line| {
            view! {
                <li>
                    <span>{format!("{} × {}", line.quantity, line.title())}</span>
                    <span>{line.total().map(|total| total.to_string())}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <aside class="summary" aria-labelledby="summary-heading">
            <h2 id="summary-heading">"Your order"</h2>
            <ul class="summary-lines">{lines}</ul>
            <p class="total">"Total " <strong data-testid="total">{total.to_string()}</strong></p>
            <p>
                <a href="/basket">"Change the basket"</a>
            </p>
        </aside>
    }
}
