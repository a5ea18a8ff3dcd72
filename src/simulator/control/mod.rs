//! `/control/…`: what a person does on the page, for tests, in JSON. `docs/simulator.md` has the list.

mod faults;
mod send;
mod view;

use super::delivery::{Mode, Order};
use super::komoju::webhook;
use super::provider::{Idle, Provider};
use super::state::{self, App};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn router() -> Router<App> {
    let router = Router::new()
        .route("/control/state", get(view::state))
        .route("/control/clock", post(forward))
        .route("/control/deliveries", post(set_deliveries))
        .route("/control/deliveries/release", post(release))
        .route("/control/deliveries/{id}/resend", post(resend))
        .route("/control/switches", post(set_switches))
        .route("/control/ping", post(ping))
        .route("/control/send", post(send::send))
        .route("/control/reset", post(reset))
        .route("/control/{*path}", any(async || not_found("there is no such control")))
        .merge(faults::router());
    // KOMOJU's payments had this place before there was another provider.
    let places = Provider::ALL.into_iter().map(|provider| (provider, provider.code()));
    places.chain([(Provider::Komoju, "payments")]).fold(router, |router, (provider, place)| {
        let act = async move |app, path, part| act(provider, app, path, part).await;
        router.route(&format!("/control/{place}/{{id}}/{{action}}"), post(act))
    })
}

/// A refusal: `{"error": "…"}`.
pub type Refused = (StatusCode, Json<Value>);

pub fn refused(why: &str) -> Refused {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": why })))
}

pub fn not_found(why: &str) -> Refused {
    (StatusCode::NOT_FOUND, Json(json!({ "error": why })))
}

pub fn done() -> Json<Value> {
    Json(json!({ "ok": true }))
}

/// A JSON body whose mistakes are answered in JSON too, whatever content type it came with.
pub struct Asked<T>(pub T);

impl<T: for<'de> Deserialize<'de>, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Response;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Response> {
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let text = if bytes.is_empty() { b"{}" } else { &bytes[..] };
        match Json::<T>::from_bytes(text) {
            Ok(Json(asked)) => Ok(Asked(asked)),
            Err(rejection) => Err(refused(&explain(&rejection)).into_response()),
        }
    }
}

fn explain(rejection: &JsonRejection) -> String {
    rejection.body_text()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    forward_seconds: i64,
}

async fn forward(State(app): State<App>, Asked(asked): Asked<Forward>) -> Result<Json<Value>, Refused> {
    // A century is as far as anybody needs to go, and keeps times within what a calendar can show.
    if asked.forward_seconds.abs() > 100 * 366 * 86_400 {
        return Err(refused("that is too far"));
    }
    app.forward(asked.forward_seconds * 1_000);
    Ok(Json(view::clock(&app)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliveryWishes {
    mode: Option<Mode>,
    /// Where webhooks go instead of to the shop; an empty text for the shop again.
    url: Option<String>,
    /// Whose webhooks; every provider's when absent.
    provider: Option<Provider>,
}

async fn set_deliveries(State(app): State<App>, Asked(asked): Asked<DeliveryWishes>) -> Result<Json<Value>, Refused> {
    if asked.url.as_deref().is_some_and(|url| !url.is_empty() && url::Url::parse(url).is_err()) {
        return Err(refused("url must be a web address"));
    }
    app.change(|world| {
        let deliveries = &mut world.state.deliveries;
        deliveries.mode = asked.mode.unwrap_or(deliveries.mode);
        if let Some(url) = asked.url {
            let whose = |provider: &Provider| asked.provider.is_none_or(|one| one == *provider);
            for provider in Provider::ALL.into_iter().filter(whose) {
                match url.as_str() {
                    "" => deliveries.urls.remove(&provider),
                    url => deliveries.urls.insert(provider, url.to_owned()),
                };
            }
        }
    });
    Ok(done())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    #[serde(default)]
    order: Order,
}

async fn release(State(app): State<App>, Asked(asked): Asked<Release>) -> Json<Value> {
    let released = app.change(|world| {
        let state::State { deliveries, plan, .. } = &mut *world.state;
        deliveries.release(asked.order, &mut plan.chance, world.now)
    });
    Json(json!({ "ok": true, "released": released }))
}

async fn resend(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let known = app.change(|world| world.state.deliveries.resend(&id, world.now));
    if known { Ok(done()) } else { Err(not_found("there is no such delivery")) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// For refunds: how much, in minor units; all that is left when absent.
    amount: Option<i64>,
}

async fn act(
    provider: Provider,
    State(app): State<App>,
    Path((id, action)): Path<(String, String)>,
    Asked(part): Asked<Part>,
) -> Result<Json<Value>, Refused> {
    match app.change(|world| provider.act(world, &id, &action, part.amount)) {
        Ok(()) => Ok(done()),
        Err(Idle::NoSuchSession) => Err(not_found("there is nothing of this name")),
        Err(Idle::NoSuchAction) => Err(not_found("there is no such action")),
        Err(Idle::NotNow) => Err(refused("its state does not allow it")),
    }
}

async fn set_switches(
    State(app): State<App>,
    Asked(asked): Asked<BTreeMap<String, String>>,
) -> Result<Json<Value>, Refused> {
    app.change(|world| {
        // On a copy, so that one wrong name leaves all as it was.
        let mut switches = world.state.switches.clone();
        for (name, choice) in &asked {
            switches.set(name, choice)?;
        }
        world.state.switches = switches;
        Ok(())
    })
    .map_err(|why: String| refused(&why))?;
    Ok(Json(app.read(|state| json!({ "ok": true, "switches": state.switches.to_map() }))))
}

async fn ping(State(app): State<App>) -> Json<Value> {
    app.change(webhook::ping);
    done()
}

async fn reset(State(app): State<App>) -> Json<Value> {
    app.reset();
    done()
}
