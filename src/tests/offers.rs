//! Which providers are offered: market and amount decide, and a basket that nobody takes is told so before anything is
//! created.

use crate::shop::TestShop;
use noren::domain::{Market, Money, Problem};
use noren::server::settings::ProviderSettings;
use noren::server::{basket, token};
use sqlx::Row;

/// "komoju/konbini", with a reason behind it where it cannot be used.
fn offered(shop: &TestShop, market: Market, minor: i64) -> Vec<String> {
    let methods = shop.state.providers.methods(market, Money::new(minor, market.currency()));
    let line = |method: noren::domain::Method| match &method.unavailable {
        Some(why) => format!("{}: {why}", method.form_value()),
        None => method.form_value(),
    };
    methods.into_iter().map(line).collect()
}

#[tokio::test]
async fn each_market_has_its_providers_and_a_limit_is_told_with_its_reason() {
    let shop = TestShop::open().await;
    let japan = offered(&shop, Market::Japan, 1_200);
    assert_eq!(japan, ["komoju/credit_card", "komoju/konbini", "komoju/bank_transfer", "komoju/paypay"]);
    assert_eq!(offered(&shop, Market::Britain, 1_200), ["komoju/credit_card", "dojo/card"]);
    let europe = |last: &str| ["komoju/credit_card", "dojo/card", "bpc/card", last].map(str::to_owned).to_vec();
    assert_eq!(offered(&shop, Market::Europe, 1_000), europe("stablemint/bank_transfer"));
    assert_eq!(offered(&shop, Market::Europe, 10), europe("stablemint/bank_transfer"));
    for minor in [9, 1_001] {
        let reason = "stablemint/bank_transfer: StableMint's sandbox takes from €0.10 to €10.00 at once.";
        assert_eq!(offered(&shop, Market::Europe, minor), europe(reason));
    }
    shop.close().await;
}

#[tokio::test]
async fn a_basket_that_nobody_takes_is_told_so_and_nothing_is_created() {
    let mut shop = TestShop::open().await;
    let only_stablemint = ProviderSettings {
        stablemint: shop.state.settings.providers.stablemint.clone(),
        ..ProviderSettings::default()
    };
    shop.restart(only_stablemint).await;
    let now = shop.state.clock.now();
    let cookie = basket::create(&shop.state.pool, Market::Europe, now).await.unwrap();
    let id = token::fingerprint(&cookie);
    basket::add(&shop.state.pool, &id, "indigo-noren-short", 1, now).await.unwrap();
    let page = shop.http.get(format!("{}/checkout", shop.url));
    let page = page.header("cookie", format!("noren_basket={cookie}")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("None of our ways to pay can be used"), "{page}");
    assert!(page.contains("StableMint's sandbox takes") || page.contains("StableMint&#x27;s sandbox takes"), "{page}");
    assert!(!page.contains("Pay €"), "there is no button");
    assert_eq!(shop.start_with(&id, "stablemint/bank_transfer").await, Err(Problem::Method));
    let orders = sqlx::query("select count(*) from orders").fetch_one(&shop.state.pool).await.unwrap();
    assert_eq!(orders.try_get::<i64, _>(0).unwrap(), 0);
    assert_eq!(shop.stock("indigo-noren-short").await.1, 0);
    shop.close().await;
}
