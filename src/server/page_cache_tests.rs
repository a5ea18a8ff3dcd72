use super::*;
use crate::payments::Providers;
use crate::server::clock::Clock;
use crate::server::settings::{ProviderSettings, Settings};
use crate::server::test_database::with_catalogue;
use crate::server::{basket, visitor};
use axum::Router;
use axum::middleware;
use axum::routing::get;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;
use tower::ServiceExt;

#[derive(Default)]
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.load(Ordering::SeqCst)
    }
}

/// A router whose pages say which market they were rendered for and count the renderings.
struct Shop {
    app: Router,
    state: AppState,
    clock: Arc<HandClock>,
    renderings: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
}

impl Shop {
    async fn open() -> Shop {
        let (pool, folder) = with_catalogue().await;
        let clock = Arc::new(HandClock::default());
        let state = AppState {
            pool,
            clock: clock.clone(),
            providers: Arc::new(Providers::from_settings(&ProviderSettings::default())),
            settings: Arc::new(Settings::read(&|_| None).unwrap()),
            inbox_bell: Arc::default(),
            tasks: Default::default(),
            leptos: leptos::prelude::LeptosOptions::builder().output_name("noren").build(),
        };
        let renderings = Arc::new(AtomicUsize::new(0));
        let counted = renderings.clone();
        let page = move |request: Request| async move {
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
            match (request.uri().path(), request.extensions().get::<Shared>()) {
                ("/products/none", _) => (StatusCode::NOT_FOUND, "none".to_owned()),
                (_, Some(Shared(market))) => (StatusCode::OK, format!("{market:?} {number} [{COUNT_GOES_HERE}]")),
                (_, None) => (StatusCode::OK, format!("own page {number}")),
            }
        };
        let layer = middleware::from_fn_with_state((state.clone(), PageCache::default()), serve);
        let app = Router::new().fallback(get(page)).layer(layer);
        Shop { app, state, clock, renderings, _folder: folder }
    }

    async fn get(&self, path: &str, cookie: &str) -> (StatusCode, String) {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), LARGEST_PAGE).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn text(&self, path: &str, cookie: &str) -> String {
        self.get(path, cookie).await.1
    }

    fn renderings(&self) -> usize {
        self.renderings.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_page_is_rendered_once_a_second_for_each_market() {
    let shop = Shop::open().await;
    assert_eq!(shop.text("/", "").await, "Europe 1 []");
    assert_eq!(shop.text("/", "").await, "Europe 1 []");
    assert_eq!(shop.text("/", "noren_market=japan").await, "Japan 2 []");
    shop.clock.0.store(FRESH_MS, Ordering::SeqCst);
    assert_eq!(shop.text("/", "").await, "Europe 3 []");
}

#[tokio::test]
async fn a_crowd_at_an_empty_or_an_old_cache_costs_one_rendering() {
    let shop = Arc::new(Shop::open().await);
    for (now, expected) in [(0, 1), (FRESH_MS, 2), (FRESH_MS + STALE_MS, 3)] {
        shop.clock.0.store(now, Ordering::SeqCst);
        let crowd: Vec<_> = (0..20)
            .map(|_| {
                let shop = shop.clone();
                tokio::spawn(async move { shop.text("/categories/textiles", "").await })
            })
            .collect();
        for one in crowd {
            one.await.unwrap();
        }
        assert_eq!(shop.renderings(), expected);
    }
}

#[tokio::test]
async fn the_number_beside_basket_is_each_shoppers_own() {
    let shop = Shop::open().await;
    let token = basket::create(&shop.state.pool, Market::Britain, 0).await.unwrap();
    basket::add(&shop.state.pool, &crate::server::token::fingerprint(&token), "sencha-tin-100g", 3, 0).await.unwrap();
    let cookie = visitor::basket_cookie_header(&shop.state, &token);
    let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
    assert_eq!(shop.text("/", cookie).await, "Britain 1 [<span class=\"count\">3</span>]");
    assert_eq!(shop.text("/", "noren_market=britain").await, "Britain 1 []", "the same rendering without the number");
    assert_eq!(shop.text("/", "noren_basket=of-nobody").await, "Europe 2 []");
}

#[tokio::test]
async fn what_is_not_a_catalogue_page_is_never_kept() {
    let shop = Shop::open().await;
    for path in ["/basket", "/products/sencha-tin?problem=quantity", "/orders/abc"] {
        let (one, other) = (shop.text(path, "").await, shop.text(path, "").await);
        assert!(one.starts_with("own page") && one != other, "{path}: {one} {other}");
    }
    assert_eq!(shop.get("/products/none", "").await, (StatusCode::NOT_FOUND, "none".to_owned()));
    let before = shop.renderings();
    shop.get("/products/none", "").await;
    assert_eq!(shop.renderings(), before + 1, "a page that is not there is not remembered");
}

#[test]
fn a_page_with_a_script_is_not_shared() {
    let html = |head: &str| Bytes::from(format!("<html>{head}<body>{COUNT_GOES_HERE}</body></html><script>1</script>"));
    let shared = Page::cut(&html(""), 0).unwrap();
    assert_eq!(shared.empty, "<html><body></body></html>", "what Leptos adds at the end stays out");
    assert!(Page::cut(&html("<script nonce=\"n\">"), 0).is_none());
}
