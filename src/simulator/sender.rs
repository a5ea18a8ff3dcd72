//! The two tasks beside the server: one sends webhooks, one lets time pass.
//!
//! Deliveries go out one after the other in the order of their events, so that a test sees the same order every time,
//! unless a fault or a person says otherwise.

use super::delivery::{Delivery, Try};
use super::faults::What;
use super::provider::{Headers, Provider};
use super::state::{App, State};
use crate::domain::Timestamp;
use std::time::Duration;
use tokio::task::JoinSet;
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

/// A try that is about to be made.
struct Letter {
    delivery: Delivery,
    headers: Headers,
    body: String,
    url: String,
}

impl Letter {
    fn write(app: &App, state: &State, delivery: &Delivery, now: Timestamp) -> Letter {
        let (provider, body) = (delivery.provider, delivery.body.clone());
        let url = address_of(app, state, delivery);
        let (headers, body) = match delivery.spoiled_by() {
            Some(What::Signed { signature, .. }) => (provider.sign(state, &body, &delivery.kind, signature, now), body),
            Some(What::Changed { .. }) => (provider.headers(state, delivery, now), body + " "),
            _ => (provider.headers(state, delivery, now), body),
        };
        Letter { delivery: delivery.clone(), headers, body, url }
    }

    async fn send(self, app: App) {
        let result = match post(&app, &self.url, &self.headers, self.body).await {
            Ok(status) => Try { at: app.now(), status: Some(status), error: None },
            Err(error) => Try { at: app.now(), status: None, error: Some(error) },
        };
        app.change(|world| world.state.deliveries.record(&self.delivery.id, self.delivery.rank, result));
    }
}

/// Makes one try of the next delivery that is due, and at the same moment of those that belong to it; `false` when none
/// is.
pub async fn send_next(app: &App) -> bool {
    let now = app.now();
    let letters: Vec<Letter> = app.read(|state| {
        let due = state.deliveries.next_due(now).into_iter();
        due.map(|delivery| Letter::write(app, state, delivery, now)).collect()
    });
    let any = !letters.is_empty();
    // Each on a connection of its own, without waiting for the others' answers.
    letters.into_iter().map(|letter| letter.send(app.clone())).collect::<JoinSet<()>>().join_all().await;
    any
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
