//! What only Dojo has: a card that is held until the merchant captures it, and webhook subscriptions with secrets that
//! change.

use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till};
use noren::domain::{AttemptState, OrderState};
use noren::payments::capture::{CaptureError, capture};
use noren::payments::dojo::Dojo;
use noren::payments::{checkout, sweep};
use noren::server::doctor::{self, Orders};
use noren::server::order_view::Face;
use noren::server::orders::attempts;
use noren::server::settings::ProviderSettings;
use noren::server::state::AppState;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

const DAY: i64 = 86_400;

async fn held(shop: &TestShop) -> TestOrder {
    let order = Till::Dojo.order(shop).await;
    Till::Dojo.pay(shop, &order).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face, view.fulfilments), (OrderState::AwaitingPayment, Face::Held, 0));
    order
}

async fn manual() -> TestShop {
    TestShop::open_with(&[("DOJO_CAPTURE", "manual")]).await
}

#[tokio::test]
async fn a_held_card_keeps_its_stock_and_is_fulfilled_once_it_is_captured() {
    let shop = manual().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = held(&shop).await;
    shop.forward(3 * DAY).await;
    shop.sweep().await;
    assert_eq!(shop.stock(GOODS).await, (stock, 1), "a few days are nothing to a held card");
    let attempt = capture(&shop.state, &order.id).await.unwrap();
    assert_eq!(attempt.amount, shop.view(&order).await.total);
    assert_eq!(shop.view(&order).await.fulfilments, 0, "asking for the money is not having it");
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face, view.fulfilments), (OrderState::Fulfilled, Face::Complete, 1));
    assert!(shop.journal(&order).await.contains(&"attempt.capture_asked".to_owned()));
    assert!(matches!(capture(&shop.state, &order.id).await, Err(CaptureError::NothingHeld(_))), "only once");
    assert!(matches!(capture(&shop.state, "N-0").await, Err(CaptureError::NoSuchOrder(_))));
    shop.close().await;
}

#[tokio::test]
async fn a_held_card_that_nobody_captures_is_let_go_and_its_stock_comes_back() {
    let shop = manual().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = held(&shop).await;
    shop.forward(7 * DAY).await;
    shop.settle().await;
    shop.forward(8 * DAY).await;
    sweep::sweep(&shop.state).await.unwrap();
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::Expired, 0));
    assert_eq!(shop.stock(GOODS).await, (stock, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_shopper_who_cancels_gets_a_held_card_back() {
    let shop = manual().await;
    let order = held(&shop).await;
    assert_eq!(checkout::cancel(&shop.state, &order.token).await, Ok(()));
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Cancelled);
    let intents = shop.simulated().await["dojo"]["intents"].clone();
    assert_eq!(intents[0]["status"], "Reversed");
    let mut db = shop.state.pool.acquire().await.unwrap();
    let attempt = attempts::of_order(&mut db, &order.id).await.unwrap().remove(0);
    drop(db);
    assert_eq!(attempt.state, AttemptState::Cancelled);
    assert_eq!(shop.stock(GOODS).await.1, 0);
    shop.close().await;
}

fn client(shop: &TestShop) -> Dojo {
    Dojo::new(shop.state.settings.providers.dojo.clone().unwrap())
}

async fn doctor(shop: &TestShop, orders: Orders) -> bool {
    doctor::run(Ok(shop.state.clone()), &shop.state.settings, orders).await.is_ok()
}

/// The same shop after its keeper added this secret and started it anew.
fn knowing(state: &AppState, secret: &str) -> ProviderSettings {
    let mut providers = state.settings.providers.clone();
    providers.dojo.as_mut().unwrap().webhook_secrets.push(SecretString::from(secret));
    providers
}

#[tokio::test]
async fn the_doctor_makes_the_subscription_and_changes_its_secret_without_losing_an_event() {
    let mut shop = TestShop::open().await;
    assert!(!doctor(&shop, Orders::default()).await, "nothing is subscribed to");
    doctor(&shop, Orders { mend: true, ..Orders::default() }).await;
    let subscription = client(&shop).subscriptions().await.unwrap().remove(0);
    assert!(subscription.is_sound(&format!("{}/webhooks/dojo", shop.url)), "{subscription:?}");
    assert!(!doctor(&shop, Orders::default()).await, "Dojo signs with a secret that the shop does not know");
    let first = subscription.secrets[0].value.expose_secret().to_owned();
    shop.restart(knowing(&shop.state, &first)).await;
    assert!(doctor(&shop, Orders::default()).await);

    doctor(&shop, Orders { new_dojo_secret: true, ..Orders::default() }).await;
    let activate = Orders { activate_dojo_secret: true, ..Orders::default() };
    assert!(!doctor(&shop, activate).await, "the running shop would refuse what the new secret signs");
    let secrets = client(&shop).subscriptions().await.unwrap().remove(0).secrets;
    assert_eq!(secrets.iter().map(|secret| secret.is_active).collect::<Vec<_>>(), [true, false]);
    paid(&shop).await;

    shop.restart(knowing(&shop.state, secrets[1].value.expose_secret())).await;
    assert!(doctor(&shop, activate).await);
    let secrets = client(&shop).subscriptions().await.unwrap().remove(0).secrets;
    assert!(secrets[1].is_active);
    paid(&shop).await;
    shop.close().await;
}

async fn paid(shop: &TestShop) {
    let order = Till::Dojo.order(shop).await;
    Till::Dojo.pay(shop, &order).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
}

#[tokio::test]
async fn a_subscription_that_points_elsewhere_is_pointed_to_this_shop() {
    let shop = TestShop::open().await;
    client(&shop).subscribe("https://old.example/webhooks/dojo").await.unwrap();
    doctor(&shop, Orders { mend: true, ..Orders::default() }).await;
    let subscriptions = client(&shop).subscriptions().await.unwrap();
    assert_eq!(subscriptions.len(), 1, "one for each event");
    assert_eq!(subscriptions[0].url, format!("{}/webhooks/dojo", shop.url));
    shop.control("reset", json!({})).await;
    shop.close().await;
}
