//! The two cookies: whose basket it is, and which market was chosen.

use super::{Answer, ask, door, form};
use crate::shop::{TEA, TestShop};
use axum::body::Body;
use axum::http::{Request, header};
use noren::domain::Market;

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn cookies_over_tls_are_bound_to_this_host_and_kept_from_scripts() {
    let shop = TestShop::open().await;
    let origin = [("origin", "https://shop.example")];
    let router = door(&shop, true, |_| {});
    let basket =
        ask(&router, "198.51.100.1", form("/api/add_to_basket", &origin, &format!("variant={TEA}&quantity=1"))).await;
    let market = ask(&router, "198.51.100.1", form("/api/choose_market", &origin, "market=japan&back=/")).await;
    for (answer, name, days) in [(&basket, "__Host-noren_basket", 90), (&market, "__Host-noren_market", 365)] {
        let [cookie] = cookies(answer)[..] else { panic!("{:?}", cookies(answer)) };
        let parts: Vec<&str> = cookie.split("; ").collect();
        assert!(parts[0].starts_with(&format!("{name}=")), "{cookie}");
        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", &format!("Max-Age={}", days * 86_400)] {
            assert!(parts.contains(&part), "{part} is missing: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    shop.close().await;
}

#[tokio::test]
async fn cookies_without_tls_are_the_same_but_for_what_needs_it() {
    let shop = TestShop::open().await;
    let url = shop.state.settings.public_url.clone();
    let origin = [("origin", url.as_str())];
    let router = door(&shop, false, |_| {});
    let answer = ask(&router, "198.51.100.1", form("/api/choose_market", &origin, "market=japan&back=/")).await;
    assert_eq!(
        cookies(&answer),
        ["noren_market=japan; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"],
        "a browser takes neither Secure nor __Host- over http"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_cookie_that_a_neighbour_could_plant_is_not_read_over_tls() {
    let shop = TestShop::open().await;
    let (plain, tls) = (door(&shop, false, |_| {}), door(&shop, true, |_| {}));
    let home = |cookie: &str| Request::get("/").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let selected = |market: Market| format!("value=\"{}\" selected", market.code());
    let shown = async |router, cookie| ask(router, "198.51.100.1", home(cookie)).await.body;
    assert!(shown(&plain, "noren_market=japan").await.contains(&selected(Market::Japan)));
    assert!(shown(&tls, "__Host-noren_market=japan").await.contains(&selected(Market::Japan)));
    assert!(!shown(&tls, "noren_market=japan").await.contains(&selected(Market::Japan)));
    assert!(!shown(&plain, "noren_market=mars").await.contains("mars"));
    shop.close().await;
}
