//! The panel of faults: what is planned, and forms to plan more, by hand or by a scenario's name.

use super::html::{document, escape, respond, see_other};
use super::{impossible, parts};
use crate::simulator::chance::Chance;
use crate::simulator::faults::words::{CHOICES, capitalised};
use crate::simulator::faults::{Fault, Plan, What, When};
use crate::simulator::provider::Provider;
use crate::simulator::scenarios::{ALL, Scenario};
use crate::simulator::state::App;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

pub fn router() -> Router<App> {
    Router::new()
        .route("/actions/faults", post(add))
        .route("/actions/faults/remove", post(remove_all))
        .route("/actions/faults/{id}/remove", post(remove))
        .route("/actions/seed", post(set_seed))
        .route("/scenarios/{name}", get(show))
        .route("/actions/scenarios/{name}", post(start))
}

pub fn panel(plan: &Plan) -> String {
    let rows: String = plan.faults.iter().map(row).collect();
    let planned = match rows.is_empty() {
        true => "<p class=\"soft\">Nothing is planned: everything goes as it should.</p>".to_owned(),
        false => format!(
            "<ul class=\"rows\">{rows}</ul><form method=\"post\" action=\"/actions/faults/remove\">\
             <button class=\"quiet\">Remove all</button></form>"
        ),
    };
    let scenarios: String = ALL.iter().map(scenario).collect();
    format!(
        "<section class=\"panel\" id=\"faults\"><h2>Faults</h2>{planned}\
         <details><summary><h3>Start a scenario</h3></summary><p class=\"soft small\">It takes the place of what was \
         planned for the same provider and session before. Then buy something in the shop.</p>\
         <ul class=\"rows tight\">{scenarios}</ul></details>\
         <details><summary><h3>Plan a fault</h3></summary>{}</details>\
         <details><summary><h3>Seed {}</h3></summary>{}</details></section>",
        form(),
        plan.chance.seed(),
        seed(plan.chance.seed())
    )
}

fn row(fault: &Fault) -> String {
    format!(
        "<li><div><strong>{}</strong><br><span class=\"soft small\">{}</span></div>\
         <form method=\"post\" action=\"/actions/faults/{}/remove\"><button class=\"quiet\">Remove</button></form></li>\n",
        escape(&fault.title()),
        escape(&capitalised(&fault.when.in_words())),
        fault.id
    )
}

fn scenario(scenario: &Scenario) -> String {
    format!(
        "<li><div><a href=\"/scenarios/{0}\"><strong>{0}</strong></a><br><span class=\"soft small\">{1}</span></div>\
         <form method=\"post\" action=\"/actions/scenarios/{0}\"><button class=\"quiet\" aria-label=\"Start {0}\">Start\
         </button></form></li>\n",
        scenario.name,
        escape(scenario.shows)
    )
}

/// The number behind the chances of faults that happen in some cases only.
fn seed(seed: u32) -> String {
    format!(
        "<p class=\"soft small\">It decides which of a hundred cases a fault meets, and how webhooks are shuffled. Set it \
         again, and the same calls and events meet the same chances.</p>\
         <form method=\"post\" action=\"/actions/seed\" class=\"row\"><label for=\"seed\">Seed</label>\
         <input id=\"seed\" name=\"seed\" type=\"number\" min=\"0\" max=\"{}\" value=\"{seed}\" required class=\"short\">\
         <button class=\"quiet\">Set</button></form>",
        u32::MAX
    )
}

fn form() -> String {
    let option = |what: &What| {
        // A choice stands in the form as `/control/faults` takes it; it is made of texts and numbers.
        let value = serde_json::to_string(what).unwrap_or_default();
        format!("<option value=\"{}\">{}</option>", escape(&value), escape(&capitalised(&what.in_words())))
    };
    let group = |of_events: bool| -> String {
        CHOICES.iter().filter(|what| what.is_of_events() == of_events).map(option).collect()
    };
    format!(
        "<form method=\"post\" action=\"/actions/faults\"><div class=\"grid\">\
         <div><label for=\"what\">What</label><select id=\"what\" name=\"what\"><optgroup label=\"Webhooks\">{}</optgroup>\
         <optgroup label=\"Calls of the API\">{}</optgroup></select></div>\
         {}\
         <div><label for=\"times\">How often</label><select id=\"times\" name=\"times\"><option value=\"1\">Once</option>\
         <option value=\"2\">2 times</option><option value=\"3\">3 times</option><option value=\"10\">10 times</option>\
         <option value=\"\">Until it is removed</option></select></div>\
         <div><label for=\"per_cent\">In how many cases</label><select id=\"per_cent\" name=\"per_cent\">\
         <option value=\"\">In all</option><option value=\"50\">In 50 of 100</option>\
         <option value=\"20\">In 20 of 100</option><option value=\"5\">In 5 of 100</option></select></div>\
         <div><label for=\"on\">Only events or calls that begin with</label>\
         <input id=\"on\" name=\"on\" placeholder=\"payment.captured or POST sessions\"></div></div>\
         <button>Plan it</button></form>",
        group(true),
        group(false),
        scope()
    )
}

/// Whose, and which session's: for a fault and for a scenario.
fn scope() -> String {
    let option = |provider: Provider| format!("<option value=\"{}\">{}</option>", provider.code(), provider.name());
    let providers: String = Provider::ALL.into_iter().map(option).collect();
    format!(
        "<div><label for=\"provider\">Whose</label><select id=\"provider\" name=\"provider\">\
         <option value=\"\">Every provider’s</option>{providers}</select></div>\
         <div><label for=\"session\">Only of this session or payment</label><input id=\"session\" name=\"session\"></div>"
    )
}

/// A scenario of its own page, so that a link can lead to it. To look at it starts nothing.
async fn show(Path(name): Path<String>) -> Response {
    let Some(scenario) = Scenario::find(&name) else { return impossible() };
    let plans: String =
        scenario.in_words().iter().map(|line| format!("<li>{}</li>", escape(&capitalised(line)))).collect();
    let body = format!(
        "<main><section class=\"panel\"><h1>{0}</h1><p>{1}</p><p class=\"soft\">It plans:</p><ul>{plans}</ul>\
         <form method=\"post\" action=\"/actions/scenarios/{0}\"><div class=\"grid\">{2}</div><button>Start</button></form>\
         </section><p><a href=\"/#faults\">All faults and scenarios</a></p></main>",
        scenario.name,
        escape(scenario.shows),
        scope()
    );
    let title = format!("{name} – Payment simulator");
    respond(StatusCode::OK, document("en", &title, "", parts::STYLE, &body))
}

/// What a form says of when. An empty field does not narrow it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WhenWish {
    provider: String,
    session: String,
    on: String,
    times: String,
    per_cent: String,
}

impl WhenWish {
    fn read(self) -> Option<When> {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let provider = match filled(&self.provider) {
            Some(code) => Some(Provider::ALL.into_iter().find(|provider| provider.code() == code)?),
            None => None,
        };
        Some(When {
            provider,
            session: filled(&self.session),
            on: self.on.trim().to_owned(),
            times: filled(&self.times).map(|times| times.parse()).transpose().ok()?,
            per_cent: filled(&self.per_cent).map(|per_cent| per_cent.parse()).transpose().ok()?,
        })
    }
}

#[derive(Deserialize)]
struct FaultWish {
    /// As `/control/faults` takes it.
    what: String,
    #[serde(flatten)]
    when: WhenWish,
}

async fn add(State(app): State<App>, Form(form): Form<FaultWish>) -> Response {
    let (what, when) = (serde_json::from_str(&form.what).ok(), form.when.read());
    let Some((what, when)) = what.zip(when) else { return impossible() };
    planned(app.change(|world| world.state.plan.add(when, what).is_ok()))
}

async fn start(State(app): State<App>, Path(name): Path<String>, Form(form): Form<WhenWish>) -> Response {
    let Some((scenario, scope)) = Scenario::find(&name).zip(form.read()) else { return impossible() };
    planned(app.change(|world| scenario.start(&mut world.state.plan, &scope).is_ok()))
}

async fn remove(State(app): State<App>, Path(id): Path<u64>) -> Response {
    planned(app.change(|world| world.state.plan.remove(id)))
}

async fn remove_all(State(app): State<App>) -> Response {
    app.change(|world| world.state.plan.faults.clear());
    planned(true)
}

#[derive(Deserialize)]
struct SeedWish {
    seed: u32,
}

async fn set_seed(State(app): State<App>, Form(form): Form<SeedWish>) -> Response {
    app.change(|world| world.state.plan.chance = Chance::from_seed(form.seed));
    planned(true)
}

fn planned(done: bool) -> Response {
    if done { see_other("/#faults") } else { impossible() }
}
