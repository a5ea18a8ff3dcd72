//! The two tasks beside the server: one sends webhooks, one lets time pass.
//!
//! Deliveries go out one after the other in the order of their events, unless held back and released in another, so that
//! a test sees the same order every time.

use super::delivery::Try;
use super::komoju;
use super::state::{App, Provider, State, World};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the receiver may take to answer. An assumption.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// How often the tasks look for what fell due without anybody doing anything.
const TICK: Duration = Duration::from_millis(250);

/// Where this provider's webhooks go.
pub fn address(app: &App, state: &State, provider: Provider) -> String {
    let to_shop = || format!("{}/webhooks/{}", app.shop_url, provider.code());
    state.deliveries.url.clone().unwrap_or_else(to_shop)
}

/// Sends what is due, oldest first, until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        let sent = tokio::select! {
            () = stop.cancelled() => return,
            sent = send_next(&app) => sent,
        };
        if sent {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.to_send.notified() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Lets time pass for sessions and slips, so that they expire without being asked.
pub async fn watch_the_clock(app: App, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
        let now = app.now();
        if app.read(|state| komoju::expiry::is_due(state, now)) {
            app.change(komoju::expiry::pass_time);
        }
    }
}

/// Makes one try of the next delivery that is due; `false` when none is.
pub async fn send_next(app: &App) -> bool {
    let now = app.now();
    let next = app.read(|state| {
        let delivery = state.deliveries.next_due(now)?.clone();
        let headers = match delivery.provider {
            Provider::Komoju => komoju::webhook::headers(state, &delivery),
        };
        let url = address(app, state, delivery.provider);
        Some((delivery, headers, url))
    });
    let Some((delivery, headers, url)) = next else { return false };
    let result = match post(app, &url, &headers, delivery.body.clone()).await {
        Ok(status) => Try { at: app.now(), status: Some(status), error: None },
        Err(error) => Try { at: app.now(), status: None, error: Some(error) },
    };
    app.change(|world: &mut World<'_>| world.state.deliveries.record(&delivery.id, delivery.rank, result));
    true
}

/// One POST; the receiver's status, or why there was none.
///
/// # Errors
/// A sentence for the page.
pub async fn post(app: &App, url: &str, headers: &[(&str, String)], body: String) -> Result<u16, String> {
    let mut request = app.http.post(url).timeout(TIMEOUT).body(body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    match request.send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) if error.is_timeout() => Err("no answer in time".to_owned()),
        Err(error) if error.is_connect() => Err("nobody listens there".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
