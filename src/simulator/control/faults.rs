//! `/control/faults` and `/control/scenarios`: what is planned, planned anew, removed. `/control/answers` is the short way
//! to plan what the next calls of an API meet.

use super::{Asked, Refused, done, not_found, refused};
use crate::simulator::chance::Chance;
use crate::simulator::faults::{Plan, What, When};
use crate::simulator::provider::Provider;
use crate::simulator::scenarios::{ALL, Scenario};
use crate::simulator::state::App;
use axum::extract::{Path, State};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub fn router() -> Router<App> {
    Router::new()
        .route("/control/faults", get(show).post(add).delete(remove_all))
        .route("/control/faults/{id}", delete(remove))
        .route("/control/scenarios", get(scenarios))
        .route("/control/scenarios/{name}", post(start))
        .route("/control/answers", post(plan_answers))
}

/// The plan as tests see it.
pub fn view(plan: &Plan) -> Value {
    json!({ "seed": plan.chance.seed(), "faults": plan.faults })
}

async fn show(State(app): State<App>) -> Json<Value> {
    Json(app.read(|state| view(&state.plan)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wishes {
    /// Begins the chances anew.
    seed: Option<u32>,
    #[serde(default)]
    faults: Vec<Wish>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    #[serde(default)]
    when: When,
    what: What,
}

async fn add(State(app): State<App>, Asked(asked): Asked<Wishes>) -> Result<Json<Value>, Refused> {
    let (ids, view) = app.change(|world| {
        let ids = replan(&mut world.state.plan, asked.seed, asked.faults)?;
        Ok((ids, view(&world.state.plan)))
    })?;
    Ok(Json(json!({ "ok": true, "ids": ids, "seed": view["seed"] })))
}

/// Adds all or, if one is wrong, none.
fn replan(plan: &mut Plan, seed: Option<u32>, wishes: Vec<Wish>) -> Result<Vec<u64>, Refused> {
    let mut ids = Vec::new();
    for Wish { when, what } in wishes {
        match plan.add(when, what) {
            Ok(id) => ids.push(id),
            Err(why) => {
                plan.faults.retain(|fault| !ids.contains(&fault.id));
                return Err(refused(&why));
            }
        }
    }
    if let Some(seed) = seed {
        plan.chance = Chance::from_seed(seed);
    }
    Ok(ids)
}

async fn remove_all(State(app): State<App>) -> Json<Value> {
    app.change(|world| world.state.plan.faults.clear());
    done()
}

async fn remove(State(app): State<App>, Path(id): Path<u64>) -> Result<Json<Value>, Refused> {
    let known = app.change(|world| world.state.plan.remove(id));
    if known { Ok(done()) } else { Err(not_found("there is no such fault")) }
}

async fn scenarios() -> Json<Value> {
    let one =
        |scenario: &Scenario| json!({ "name": scenario.name, "shows": scenario.shows, "plans": scenario.in_words() });
    Json(ALL.iter().map(one).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    provider: Option<Provider>,
    session: Option<String>,
}

async fn start(
    State(app): State<App>,
    Path(name): Path<String>,
    Asked(scope): Asked<Scope>,
) -> Result<Json<Value>, Refused> {
    let scenario = Scenario::find(&name).ok_or_else(|| not_found("there is no such scenario"))?;
    let scope = When { provider: scope.provider, session: scope.session, ..When::default() };
    let view = app.change(|world| {
        scenario.start(&mut world.state.plan, &scope).map_err(|why| refused(&why))?;
        Ok(view(&world.state.plan))
    })?;
    Ok(Json(json!({ "ok": true, "shows": scenario.shows, "faults": view["faults"] })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    next: Vec<Answer>,
}

/// What one call of an API meets, once.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    /// KOMOJU when absent.
    provider: Provider,
    path: String,
    method: String,
    status: Option<u16>,
    /// Whether the call is carried out before it is answered with `status`.
    work: bool,
    hang_after_work: bool,
    half: bool,
    wait_ms: Option<u64>,
}

impl Answer {
    fn wish(self) -> Option<Wish> {
        let what = match self {
            Answer { status: Some(status), work, .. } => What::Status { status, work },
            Answer { hang_after_work: true, .. } => What::NoAnswer { work: true },
            Answer { half: true, .. } => What::Half,
            Answer { wait_ms: Some(ms), .. } => What::Slow { ms },
            _ => return None,
        };
        let on = format!("{} {}", self.method.to_ascii_uppercase(), self.path).trim().to_owned();
        Some(Wish { when: When { provider: Some(self.provider), on, times: Some(1), ..When::default() }, what })
    }
}

async fn plan_answers(State(app): State<App>, Asked(asked): Asked<Answers>) -> Result<Json<Value>, Refused> {
    let wishes: Option<Vec<Wish>> = asked.next.into_iter().map(Answer::wish).collect();
    let wishes = wishes.ok_or_else(|| refused("one of status, hang_after_work, half and wait_ms is needed"))?;
    let planned = app.change(|world| {
        let plan = &mut world.state.plan;
        let planned = replan(plan, None, wishes)?;
        plan.faults.retain(|fault| fault.what.is_of_events() || planned.contains(&fault.id));
        Ok::<usize, Refused>(planned.len())
    })?;
    Ok(Json(json!({ "ok": true, "planned": planned })))
}
