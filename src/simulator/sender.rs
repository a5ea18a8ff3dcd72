//! The two tasks beside the server: one sends webhooks, one lets time pass.
//!
//! Deliveries go out one after the other in the order of their events, unless held back and released in another, so that
//! a test sees the same order every time.

use super::delivery::{Delivery, Try};
use super::provider::Provider;
use super::state::{App, State, World};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the receiver may take to answer. An assumption.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// How often the tasks look for what fell due without anybody doing anything.
const TICK: Duration = Duration::from_millis(250);

/// Where this provider's webhooks go when no subscription says otherwise.
pub fn address(app: &App, state: &State, provider: Provider) -> String {
    let to_shop = || format!("{}/webhooks/{}", app.shop_url, provider.code());
    state.deliveries.urls.get(&provider).cloned().unwrap_or_else(to_shop)
}

/// Where this one goes: what a test says comes before what its subscription says.
fn address_of(app: &App, state: &State, delivery: &Delivery) -> String {
    let told = state.deliveries.urls.get(&delivery.provider).cloned();
    let subscribed = || state.dojo.address(delivery.subscription.as_deref()?);
    told.or_else(subscribed).unwrap_or_else(|| address(app, state, delivery.provider))
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
        for provider in Provider::ALL {
            if app.read(|state| provider.is_due(state, now)) {
                app.change(|world| provider.pass_time(world));
            }
        }
    }
}

/// Makes one try of the next delivery that is due; `false` when none is.
pub async fn send_next(app: &App) -> bool {
    let now = app.now();
    let next = app.read(|state| {
        let delivery = state.deliveries.next_due(now)?.clone();
        let headers = delivery.provider.headers(state, &delivery, now);
        let url = address_of(app, state, &delivery);
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
