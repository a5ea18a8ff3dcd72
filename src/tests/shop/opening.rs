//! What a test's shop and its simulator are started with.

use super::*;
use crate::filled_database::filled_database;
use axum::extract::Request;
use noren::simulator::{BpcKeys, DojoKeys, KomojuKeys, Setup, Simulator, StablemintKeys};
use std::path::Path;
use tokio::sync::OnceCell;
use tower::ServiceExt;

pub async fn setup(shop_url: &str) -> Setup {
    Setup {
        listen: "127.0.0.1:0".parse().unwrap(),
        shop_url: shop_url.to_owned(),
        state_file: None,
        komoju: KomojuKeys { secret_key: None, webhook_secrets: two("whsec") },
        dojo: DojoKeys { api_key: None, webhook_secrets: two("dojo") },
        bpc: BpcKeys { api_key: None, webhook_secrets: two("bpc") },
        stablemint: stablemint_keys().await,
    }
}

/// Hands every request to the router that is there at the moment.
pub fn door(router: Arc<RwLock<Router>>) -> Router {
    Router::new().fallback(move |request: Request| {
        let router = Arc::clone(&router);
        async move {
            let router = router.read().await.clone();
            router.oneshot(request).await
        }
    })
}

/// The new secret and, as while it is being rotated, the old one.
fn two(prefix: &str) -> Vec<String> {
    vec![format!("{prefix}_new"), format!("{prefix}_old")]
}

/// Made once: an RSA key takes its time.
async fn stablemint_keys() -> StablemintKeys {
    static KEYS: OnceCell<StablemintKeys> = OnceCell::const_new();
    let made = async || {
        let setup = Setup {
            listen: "127.0.0.1:0".parse().unwrap(),
            shop_url: String::new(),
            state_file: None,
            komoju: KomojuKeys::default(),
            dojo: DojoKeys::default(),
            bpc: BpcKeys::default(),
            stablemint: StablemintKeys::default(),
        };
        simulator::start(setup).await.unwrap().access.stablemint
    };
    let make = async || {
        let (new, old) = (made().await, made().await);
        StablemintKeys {
            private_key: Some(new.private_key),
            webhook_private_keys: [new.webhook_private_keys, old.webhook_private_keys].concat(),
            ..StablemintKeys::default()
        }
    };
    KEYS.get_or_init(make).await.clone()
}

pub async fn state(url: &str, simulator: &Simulator, folder: &Path, wishes: &[(&str, &str)]) -> AppState {
    let set = |name: &str| match name {
        "PUBLIC_URL" => Some(url.to_owned()),
        _ => wishes.iter().find(|(wish, _)| *wish == name).map(|(_, value)| (*value).to_owned()),
    };
    let mut settings = Settings::read(&set).unwrap();
    settings.providers = stand_in::providers(&simulator.access, settings.wishes).unwrap();
    settings.database_url = filled_database(folder).await;
    let pool = database::open(&settings.database_url).await.unwrap();
    AppState {
        pool,
        clock: simulator.clock.clone(),
        providers: Arc::new(Providers::from_settings(&settings.providers)),
        settings: Arc::new(settings),
        inbox_bell: Arc::default(),
        tasks: Default::default(),
        leptos: leptos::prelude::LeptosOptions::builder().output_name("noren").build(),
    }
}
