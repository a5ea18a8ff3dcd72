//! The moments at which the shop is killed, each named by what the rest of the world sees then. Nothing in the shop knows
//! of them: all that it says and hears passes the wire, and what happens inside it is met by waiting a random moment.

use axum::http::Method;

/// What passes the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A form of the shop: into the basket, to the checkout.
    Basket,
    Checkout,
    OrderPage,
    /// The shop asks a provider: for a page, how a session stands, to end one.
    OpenPage,
    LookUp,
    Cancel,
    /// The shopper presses a button of the hosted page.
    Pay,
    /// The provider tells the shop.
    Webhook,
    RefundWebhook,
    Other,
}

impl Call {
    pub fn of(method: &Method, path: &str, body: &[u8]) -> Call {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (get, post) = (method == Method::GET, method == Method::POST);
        match parts.as_slice() {
            ["api", "add_to_basket"] => Call::Basket,
            ["api", "start_checkout"] => Call::Checkout,
            ["orders", _] if get => Call::OrderPage,
            ["webhooks", _] => webhook(body),
            ["komoju", "api", "v1", "sessions"] | ["bpc", "api2", "sessions"] | ["dojo", "payment-intents"] if post => {
                Call::OpenPage
            }
            ["stablemint", "session", ..] => Call::OpenPage,
            ["komoju", "api", "v1", "sessions", _]
            | ["bpc", "api2", "sessions", _]
            | ["dojo", "payment-intents", _]
                if get =>
            {
                Call::LookUp
            }
            ["komoju", "api", "v1", "sessions", _, "cancel"] | ["bpc", "api2", "sessions", _, "expire"] => Call::Cancel,
            ["dojo", "payment-intents", _] if method == Method::DELETE => Call::Cancel,
            ["komoju", "sessions", ..] | ["dojo" | "stablemint", "checkout", ..] | ["bpc", "payment", ..] if post => {
                Call::Pay
            }
            _ => Call::Other,
        }
    }
}

fn webhook(body: &[u8]) -> Call {
    let event: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let told = [&event["type"], &event["data"]["paymentStatus"]];
    let of_refund = told.iter().filter_map(|told| told.as_str()).any(|told| told.to_lowercase().contains("refund"));
    if of_refund { Call::RefundWebhook } else { Call::Webhook }
}

/// Where on its way a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It came to the wire, and was not passed on yet.
    Came,
    /// It was answered, and the answer was not passed on yet.
    Done,
}

/// One named moment.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub name: &'static str,
    pub call: Call,
    pub moment: Moment,
    /// The kill comes up to this many microseconds later; 0: before anything else happens.
    pub within_us: u64,
    /// What is passing is lost: a call before its work, or an answer after it.
    pub lost: bool,
}

const fn point(name: &'static str, call: Call, moment: Moment, within_us: u64, lost: bool) -> Point {
    Point { name, call, moment, within_us, lost }
}

use Call::{Basket, Cancel, Checkout, LookUp, OpenPage, OrderPage, Pay, RefundWebhook, Webhook};
use Moment::{Came, Done};

/// From the basket to the fulfilled order, and what may come after it.
pub const POINTS: [Point; 21] = [
    point("into the basket", Basket, Came, 8_000, false),
    point("checkout pressed", Checkout, Came, 25_000, false),
    point("page asked for, request lost", OpenPage, Came, 0, true),
    point("page made, answer lost", OpenPage, Done, 0, true),
    point("page made, answer coming", OpenPage, Done, 12_000, false),
    point("browser sent to the page", Checkout, Done, 0, false),
    point("paying", Pay, Came, 0, false),
    point("paid, webhook lost", Webhook, Came, 0, true),
    point("webhook coming", Webhook, Came, 8_000, false),
    point("webhook kept, answer lost", Webhook, Done, 0, true),
    point("webhook kept", Webhook, Done, 0, false),
    point("webhook being settled", Webhook, Done, 20_000, false),
    point("look-up asked", LookUp, Came, 0, true),
    point("look-up answered, answer lost", LookUp, Done, 0, true),
    point("look-up answered", LookUp, Done, 12_000, false),
    point("order page asked for", OrderPage, Came, 12_000, false),
    point("older page being ended, request lost", Cancel, Came, 0, true),
    point("older page ended, answer lost", Cancel, Done, 0, true),
    point("older page ended", Cancel, Done, 12_000, false),
    point("refund told", RefundWebhook, Came, 12_000, false),
    point("refund kept", RefundWebhook, Done, 20_000, false),
];
