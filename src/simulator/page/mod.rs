//! The page for people: what there is, and a button for everything that can happen. Forms only, no JavaScript.

mod faults;
pub mod html;
mod parts;

use super::delivery::{Mode, Order};
use super::komoju::platform::page::sellers;
use super::komoju::webhook;
use super::provider::Provider;
use super::state::{self, App};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use html::{document, respond, see_other};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How often the page loads itself anew when asked to, in seconds.
const REFRESH_SECONDS: u32 = 5;

pub fn router() -> Router<App> {
    let router = Router::new()
        .route("/", get(show))
        .route("/actions/clock", post(forward))
        .route("/actions/deliveries", post(set_mode))
        .route("/actions/release", post(release))
        .route("/actions/deliveries/{id}/resend", post(resend))
        .route("/actions/switches", post(set_switches))
        .route("/actions/ping", post(ping))
        .merge(faults::router());
    Provider::ALL.into_iter().fold(router, |router, provider| {
        let act = async move |app, path, part| act(provider, app, path, part).await;
        router.route(&format!("/actions/{}/{{id}}/{{action}}", place(provider)), post(act))
    })
}

/// Where a provider's buttons are. KOMOJU's are about its payments.
fn place(provider: Provider) -> &'static str {
    match provider {
        Provider::Komoju => "payments",
        Provider::Dojo | Provider::Bpc | Provider::StableMint => provider.code(),
    }
}

#[derive(Deserialize)]
struct Wishes {
    refresh: Option<String>,
    /// Set after a button that could do nothing.
    problem: Option<String>,
}

async fn show(State(app): State<App>, Query(wishes): Query<Wishes>) -> Response {
    let refreshing = wishes.refresh.is_some();
    let head = match refreshing {
        true => format!("<meta http-equiv=\"refresh\" content=\"{REFRESH_SECONDS}\">\n"),
        false => String::new(),
    };
    let now = app.now();
    let body = app.read(|state| {
        format!(
            "{}<main>{}<div class=\"columns\">{}{}</div>{}{}{}{}{}</main>",
            parts::header(refreshing),
            parts::problem(wishes.problem.is_some()),
            parts::connections(state, &app.base_url),
            parts::clock(&app, now),
            parts::sessions(state, &app.base_url, now),
            sellers(state),
            parts::deliveries(&app, state),
            faults::panel(&state.plan),
            parts::switches(state)
        )
    });
    respond(StatusCode::OK, document("en", "Payment simulator", &head, parts::STYLE, &body))
}

#[derive(Deserialize)]
struct Forward {
    minutes: i64,
}

async fn forward(State(app): State<App>, Form(form): Form<Forward>) -> Response {
    // A year at a time: further than any deadline, and nowhere near the end of the calendar.
    if !(1..=366 * 24 * 60).contains(&form.minutes) {
        return impossible();
    }
    app.forward(form.minutes * 60_000);
    see_other("/#clock")
}

#[derive(Deserialize)]
struct ModeWish {
    mode: Mode,
}

async fn set_mode(State(app): State<App>, Form(form): Form<ModeWish>) -> Response {
    app.change(|world| world.state.deliveries.mode = form.mode);
    see_other("/#deliveries")
}

#[derive(Deserialize)]
struct ReleaseWish {
    order: Order,
}

async fn release(State(app): State<App>, Form(form): Form<ReleaseWish>) -> Response {
    app.change(|world| {
        let state::State { deliveries, plan, .. } = &mut *world.state;
        deliveries.release(form.order, &mut plan.chance, world.now)
    });
    see_other("/#deliveries")
}

async fn resend(State(app): State<App>, Path(id): Path<String>) -> Response {
    let known = app.change(|world| world.state.deliveries.resend(&id, world.now));
    if known { see_other("/#deliveries") } else { impossible() }
}

#[derive(Deserialize)]
struct Part {
    /// In the smallest unit of the payment's currency; empty for all of it.
    #[serde(default)]
    amount: String,
}

async fn act(
    provider: Provider,
    State(app): State<App>,
    Path((id, action)): Path<(String, String)>,
    Form(part): Form<Part>,
) -> Response {
    let amount = match part.amount.trim() {
        "" => Ok(None),
        amount => amount.parse().map(Some),
    };
    let Ok(amount) = amount else { return impossible() };
    let done = app.change(|world| provider.act(world, &id, &action, amount)).is_ok();
    let address = if provider == Provider::Komoju { "/#sessions".to_owned() } else { format!("/#{}", provider.code()) };
    if done { see_other(&address) } else { impossible() }
}

async fn set_switches(State(app): State<App>, Form(form): Form<BTreeMap<String, String>>) -> Response {
    let set = app.change(|world| {
        let mut switches = world.state.switches.clone();
        form.iter().try_for_each(|(name, choice)| switches.set(name, choice))?;
        world.state.switches = switches;
        Ok::<(), String>(())
    });
    if set.is_ok() { see_other("/#switches") } else { impossible() }
}

async fn ping(State(app): State<App>) -> Response {
    app.change(webhook::ping);
    see_other("/#deliveries")
}

fn impossible() -> Response {
    see_other("/?problem=1")
}
