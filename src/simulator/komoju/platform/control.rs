//! `/control/komoju/…` and the buttons that do the same: KOMOJU decides about a seller, settles, answers a refund
//! request.

use super::sellers::{self, Verdict};
use super::settlements;
use crate::simulator::control::{Asked, Refused, done, not_found, refused};
use crate::simulator::komoju::{actions, refunds};
use crate::simulator::page::html::see_other;
use crate::simulator::provider::Idle;
use crate::simulator::state::{App, World};
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub fn router() -> Router<App> {
    Router::new()
        .route("/control/komoju/sellers/{id}/{action}", post(decide))
        .route("/control/komoju/settlements", post(settle))
        .route("/control/komoju/refund_requests/{payment}/{update}", post(answer_request))
        .route("/actions/komoju/sellers/{id}/{action}", post(press_decide))
        .route("/actions/komoju/settlements", post(press_settle))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// A payment method's name, for `accept_method` and `decline_method`.
    method: Option<String>,
}

/// `accept`, `decline`, `accept_method` or `decline_method`.
fn perform(world: &mut World<'_>, seller: &str, action: &str, method: Option<&str>) -> Result<(), Idle> {
    let (verdict, about_method) = match action {
        "accept" => (Verdict::Accepted, false),
        "decline" => (Verdict::Declined, false),
        "accept_method" => (Verdict::Accepted, true),
        "decline_method" => (Verdict::Declined, true),
        _ => return Err(Idle::NoSuchAction),
    };
    if world.state.komoju.sellers.find(seller).is_none() {
        return Err(Idle::NoSuchSession);
    }
    if about_method != method.is_some() {
        return Err(Idle::NotNow);
    }
    if sellers::decide(world, seller, method, verdict) { Ok(()) } else { Err(Idle::NotNow) }
}

async fn decide(
    State(app): State<App>,
    Path((seller, action)): Path<(String, String)>,
    Asked(about): Asked<About>,
) -> Result<Json<Value>, Refused> {
    match app.change(|world| perform(world, &seller, &action, about.method.as_deref())) {
        Ok(()) => Ok(done()),
        Err(Idle::NoSuchSession) => Err(not_found("there is no such seller")),
        Err(Idle::NoSuchAction) => Err(not_found("there is no such action")),
        Err(Idle::NotNow) => {
            Err(refused("name a payment method with accept_method and decline_method, and only there"))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    /// The platform's when null.
    seller: Option<String>,
}

async fn settle(State(app): State<App>, Asked(whose): Asked<Whose>) -> Result<Json<Value>, Refused> {
    let settlement = app.change(|world| settlements::create(world, whose.seller.as_deref()));
    let settlement = settlement.ok_or_else(|| not_found("there is no such seller"))?;
    Ok(Json(json!({ "ok": true, "settlement": settlement })))
}

/// `completed` or `rejected`: what becomes of the oldest refund by bank transfer that still waits.
async fn answer_request(
    State(app): State<App>,
    Path((payment, update)): Path<(String, String)>,
) -> Result<Json<Value>, Refused> {
    let action = match update.as_str() {
        refunds::COMPLETED => actions::Action::CompleteRefundRequest,
        refunds::REJECTED => actions::Action::RejectRefundRequest,
        _ => return Err(not_found("there is no such update")),
    };
    match app.change(|world| actions::act(world, &payment, action.code(), None)) {
        Ok(()) => Ok(done()),
        Err(Idle::NoSuchSession) => Err(not_found("there is no such payment")),
        Err(Idle::NoSuchAction | Idle::NotNow) => Err(refused("no refund request waits")),
    }
}

async fn press_decide(
    State(app): State<App>,
    Path((seller, action)): Path<(String, String)>,
    Form(about): Form<About>,
) -> Response {
    after(app.change(|world| perform(world, &seller, &action, about.method.as_deref())).is_ok())
}

async fn press_settle(State(app): State<App>, Form(whose): Form<Whose>) -> Response {
    let seller = whose.seller.filter(|seller| !seller.is_empty());
    after(app.change(|world| settlements::create(world, seller.as_deref())).is_some())
}

fn after(worked: bool) -> Response {
    see_other(if worked { "/#sellers" } else { "/?problem=1" })
}
