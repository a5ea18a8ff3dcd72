//! The server functions: every form of the shop, and the one question that an island asks.
//!
//! Each is a public address. Arguments are text and parsed by hand, so that nonsense becomes a sentence on the page
//! and not an error page; prices and totals are no arguments at all, so what a form claims about them is not heard.
//! A form is answered with 303 and where to look next; a mistake travels there as `?problem=…`.

use leptos::prelude::*;

#[server(endpoint = "add_to_basket")]
pub async fn add_to_basket(
    #[server(default)] variant: String,
    #[server(default)] quantity: String,
    /// The page that the form is on.
    #[server(default)]
    back: String,
) -> Result<(), ServerFnError> {
    crate::server::forms::add_to_basket(&variant, &quantity, &back).await;
    Ok(())
}

/// A quantity of 0 takes the line out.
#[server(endpoint = "set_quantity")]
pub async fn set_quantity(
    #[server(default)] variant: String,
    #[server(default)] quantity: String,
) -> Result<(), ServerFnError> {
    crate::server::forms::set_quantity(&variant, &quantity).await;
    Ok(())
}

#[server(endpoint = "choose_market")]
pub async fn choose_market(
    #[server(default)] market: String,
    #[server(default)] back: String,
) -> Result<(), ServerFnError> {
    crate::server::forms::choose_market(&market, &back).await;
    Ok(())
}

/// From the checkout to the provider's hosted page.
#[server(endpoint = "start_checkout")]
pub async fn start_checkout(
    #[server(default)] email: String,
    #[server(default)] name: String,
    #[server(default)] street: String,
    #[server(default)] city: String,
    #[server(default)] postcode: String,
    #[server(default)] country: String,
    /// `provider/method`.
    #[server(default)]
    method: String,
) -> Result<(), ServerFnError> {
    let contact = crate::domain::Contact { email, name, street, city, postcode, country };
    crate::server::forms::start_checkout(contact, &method).await;
    Ok(())
}

/// Another way to pay an order that is not paid yet.
#[server(endpoint = "pay_again")]
pub async fn pay_again(
    #[server(default)] token: String,
    #[server(default)] method: String,
) -> Result<(), ServerFnError> {
    crate::server::forms::pay_again(&token, &method).await;
    Ok(())
}

#[server(endpoint = "cancel_order")]
pub async fn cancel_order(#[server(default)] token: String) -> Result<(), ServerFnError> {
    crate::server::forms::cancel_order(&token).await;
    Ok(())
}

/// What an order that came to nothing was about, back into the basket.
#[server(endpoint = "fill_basket_again")]
pub async fn fill_basket_again(#[server(default)] token: String) -> Result<(), ServerFnError> {
    crate::server::forms::fill_basket_again(&token).await;
    Ok(())
}

/// Changes whenever the order's page would say something else; `None` when there is no such order.
#[server(endpoint = "read_order_version")]
pub async fn read_order_version(#[server(default)] token: String) -> Result<Option<String>, ServerFnError> {
    crate::server::forms::read_order_version(&token).await
}

/// Makes the server functions known to the router by name: a linker may drop what nobody calls.
#[cfg(not(target_arch = "wasm32"))]
pub fn register() {
    use leptos::server_fn::axum::register_explicit;
    register_explicit::<AddToBasket>();
    register_explicit::<SetQuantity>();
    register_explicit::<ChooseMarket>();
    register_explicit::<StartCheckout>();
    register_explicit::<PayAgain>();
    register_explicit::<CancelOrder>();
    register_explicit::<FillBasketAgain>();
    register_explicit::<ReadOrderVersion>();
}
