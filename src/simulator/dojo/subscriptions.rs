//! `/webhooks`: which events are sent where, and signed with what.
//!
//! Until the first subscription is made there is one that nobody made: everything goes to the shop, signed with the
//! first of the secrets that the simulator was started with. It ends with the first real one.

use super::ACCOUNT;
use super::api::{Request, no_content, ok};
use super::error::Refusal;
use super::model::{Secret, Subscription};
use super::read::Reader;
use super::switches::{NEW_SECRET, SECOND_SUBSCRIPTION};
use super::webhook::EVENTS;
use crate::simulator::call::Answer;
use crate::simulator::ids;
use crate::simulator::state::World;
use crate::simulator::times;
use serde::Serialize;
use serde_json::{Value, json};
use std::net::IpAddr;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionBody<'a> {
    id: &'a str,
    account_id: &'static str,
    events: &'a [String],
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    secrets: Vec<SecretBody<'a>>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecretBody<'a> {
    id: &'a str,
    value: &'a str,
    created_at: String,
    is_active: bool,
}

fn body(subscription: &Subscription) -> SubscriptionBody<'_> {
    SubscriptionBody {
        id: &subscription.id,
        account_id: ACCOUNT,
        events: &subscription.events,
        url: &subscription.url,
        description: subscription.description.as_deref(),
        secrets: secret_bodies(subscription),
        created_at: times::utc_with_fraction(subscription.created_at),
        updated_at: times::utc_with_fraction(subscription.updated_at),
    }
}

fn secret_bodies(subscription: &Subscription) -> Vec<SecretBody<'_>> {
    subscription.secrets.iter().map(secret_body).collect()
}

fn secret_body(secret: &Secret) -> SecretBody<'_> {
    let created_at = times::utc_with_fraction(secret.created_at);
    SecretBody { id: &secret.id, value: &secret.value, created_at, is_active: secret.is_active }
}

/// The calls below `/webhooks`.
pub fn dispatch(world: &mut World<'_>, request: &Request<'_>, steps: &[&str]) -> Result<Answer, Refusal> {
    match (request.call.method.as_str(), steps) {
        ("GET", ["events"]) => ok(&json!([{ "model": "PaymentIntent", "events": EVENTS }])),
        ("GET", []) => ok(&world.state.dojo.subscriptions.iter().map(body).collect::<Vec<_>>()),
        ("POST", []) => subscribe(world, request),
        ("PATCH", [id]) => amend(world, id, request),
        ("DELETE", [id]) => remove(world, id),
        ("GET", [id, "secrets"]) => show_secrets(world, id),
        ("POST", [id, "secrets"]) => add_secret(world, id),
        ("PUT", [id, "secrets", secret, "activate"]) => activate(world, id, secret),
        ("DELETE", [id, "secrets", secret]) => remove_secret(world, id, secret),
        _ => Err(Refusal::not_found()),
    }
}

fn subscribe(world: &mut World<'_>, request: &Request<'_>) -> Result<Answer, Refusal> {
    let mut reader = Reader::new(&request.body);
    let events = read_events(&mut reader);
    if events.is_empty() {
        reader.wrong("events", "The Events field is required.");
    }
    let url = read_url(&mut reader);
    if reader.at("url").is_null() {
        reader.wrong("url", "The Url field is required.");
    }
    let description = reader.text("description", 4_096);
    reader.finish()?;
    let only_once = world.state.switches.is(&SECOND_SUBSCRIPTION, "409");
    let taken = |event: &String| world.state.dojo.subscriptions.iter().any(|one| one.events.contains(event));
    if only_once && events.iter().any(taken) {
        return Err(Refusal::new(409, "There is a subscription to one of these events already"));
    }
    let subscription = Subscription {
        id: format!("ws_sandbox_{}", ids::url_safe(16)),
        events,
        url: url.unwrap_or_default(),
        description,
        secrets: vec![new_secret(world, true)],
        created_at: world.now,
        updated_at: world.now,
    };
    let answer = ok(&body(&subscription));
    world.state.dojo.has_subscribed = true;
    world.state.dojo.subscriptions.push(subscription);
    answer
}

fn amend(world: &mut World<'_>, id: &str, request: &Request<'_>) -> Result<Answer, Refusal> {
    let mut reader = Reader::new(&request.body);
    let events = read_events(&mut reader);
    let (url, description) = (read_url(&mut reader), reader.text("description", 4_096));
    reader.finish()?;
    let now = world.now;
    let subscription = find(world, id)?;
    if !events.is_empty() {
        subscription.events = events;
    }
    subscription.url = url.unwrap_or_else(|| subscription.url.clone());
    subscription.description = description.or_else(|| subscription.description.take());
    subscription.updated_at = now;
    ok(&body(subscription))
}

fn remove(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    find(world, id)?;
    world.state.dojo.subscriptions.retain(|one| one.id != id);
    no_content()
}

fn show_secrets(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    let subscription = find(world, id)?;
    ok(&json!({ "id": subscription.id, "secrets": secret_bodies(subscription) }))
}

/// The newest comes first in the answer, as in Dojo's sample.
fn add_secret(world: &mut World<'_>, id: &str) -> Result<Answer, Refusal> {
    let secret = new_secret(world, world.state.switches.is(&NEW_SECRET, "active"));
    let subscription = find(world, id)?;
    subscription.secrets.push(secret);
    let mut secrets = secret_bodies(subscription);
    secrets.reverse();
    ok(&json!({ "secrets": secrets }))
}

/// The activated secret signs from now on, and no other.
fn activate(world: &mut World<'_>, id: &str, secret: &str) -> Result<Answer, Refusal> {
    let secrets = &mut find(world, id)?.secrets;
    if !secrets.iter().any(|one| one.id == secret) {
        return Err(Refusal::not_found());
    }
    secrets.iter_mut().for_each(|one| one.is_active = one.id == secret);
    no_content()
}

/// Names that do not exist get 401 here, as Dojo's own tests against the sandbox show.
fn remove_secret(world: &mut World<'_>, id: &str, secret: &str) -> Result<Answer, Refusal> {
    let unknown = || Refusal::new(401, "");
    let secrets = &mut find(world, id).map_err(|_| unknown())?.secrets;
    let place = secrets.iter().position(|one| one.id == secret).ok_or_else(unknown)?;
    if secrets[place].is_active {
        return Err(Refusal::new(409, "The secret that signs cannot be deleted"));
    }
    secrets.remove(place);
    no_content()
}

fn find<'a>(world: &'a mut World<'_>, id: &str) -> Result<&'a mut Subscription, Refusal> {
    world.state.dojo.subscriptions.iter_mut().find(|one| one.id == id).ok_or_else(Refusal::not_found)
}

fn new_secret(world: &World<'_>, is_active: bool) -> Secret {
    let (id, value) = (format!("sc_{}", ids::url_safe(16)), ids::url_safe(16));
    Secret { id, value, created_at: world.now, is_active }
}

fn read_events(reader: &mut Reader<'_>) -> Vec<String> {
    let given: Vec<String> = reader.list("events").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(unknown) = given.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        reader.wrong("events", &format!("There is no event {unknown}."));
    }
    given
}

/// Dojo takes https alone. A simulator on this machine also takes http to this machine or to a short name.
fn read_url(reader: &mut Reader<'_>) -> Option<String> {
    let text = reader.address("url")?;
    let near = |url: &url::Url| match url.host_str() {
        Some(host) => host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()) || !host.contains('.'),
        None => false,
    };
    let allowed = url::Url::parse(&text).is_ok_and(|url| url.scheme() == "https" || near(&url));
    if !allowed {
        reader.wrong("url", "It must begin with https.");
    }
    allowed.then_some(text)
}
