//! The payment page: no bank to log in to, but a button for every way in which it can end. Works without JavaScript.

use super::model::{Session, Status, WayOut};
use super::switches::{AFTER_FAILURE, EXPIRED_BROWSER};
use super::{MERCHANT, pay};
use crate::domain::Timestamp;
use crate::simulator::page::html::{document, escape, respond, see_other};
use crate::simulator::state::{App, World};
use crate::simulator::times::SECOND_MS;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

pub fn router() -> Router<App> {
    Router::new()
        .route("/stablemint/checkout/{reference}", get(show))
        .route("/stablemint/checkout/{reference}/{button}", post(press))
}

/// What the page's buttons do, in their order: name in the address, what it says, what the list says of it.
const BUTTONS: [(&str, &str, &str); 6] = [
    ("pay", "Pay", "The money arrives at once; back to successUrl."),
    (
        "later",
        "Pay, confirm later",
        "Back to successUrl at once; the money arrives when you say so on the simulator's page.",
    ),
    ("fail", "Fail", "The payment fails; to errorUrl."),
    ("exit", "Exit", "You leave without paying; to exitUrl. Nothing is told."),
    ("error", "Error", "Something breaks; to errorUrl. Nothing is told."),
    ("expire", "Let it expire", "The session's time is over. Nothing is told."),
];

async fn show(State(app): State<App>, Path(reference): Path<String>) -> Response {
    let Some(session) = look(&app, &reference) else { return unknown() };
    if session.is_open(app.now()) {
        return checkout(&session, app.now());
    }
    let expired = matches!(session.status, Status::Open | Status::Expired);
    if expired && app.read(|state| state.switches.is(&EXPIRED_BROWSER, "error_url")) {
        return see_other(&way_out(&app, &session, WayOut::Error));
    }
    over(&session, &way_out(&app, &session, session.way_after()))
}

async fn press(State(app): State<App>, Path((reference, button)): Path<(String, String)>) -> Response {
    let Some(before) = look(&app, &reference) else { return unknown() };
    if before.is_open(app.now()) && BUTTONS.iter().any(|(known, _, _)| *known == button) {
        let stays = app.change(|world| act(world, &reference, &button));
        if let Some(way) = stays {
            return see_other(&way_out(&app, &before, way));
        }
        return see_other(&format!("/stablemint/checkout/{reference}"));
    }
    // The second click goes where the first one went.
    see_other(&way_out(&app, &before, before.way_after()))
}

/// Where the customer goes; `None`: stays on the page.
fn act(world: &mut World<'_>, reference: &str, button: &str) -> Option<WayOut> {
    match button {
        "pay" => pay::pay(world, reference).then_some(WayOut::Success),
        "later" => pay::order(world, reference).then_some(WayOut::Success),
        "fail" => {
            pay::fail(world, reference);
            (!world.state.switches.is(&AFTER_FAILURE, "stays_open")).then_some(WayOut::Error)
        }
        "exit" => {
            pay::leave(world, reference);
            Some(WayOut::Exit)
        }
        "error" => Some(WayOut::Error),
        _ => {
            pay::expire(world, reference);
            None
        }
    }
}

fn look(app: &App, reference: &str) -> Option<Session> {
    app.read(|state| state.stablemint.session(reference).cloned())
}

fn way_out(app: &App, session: &Session, way: WayOut) -> String {
    app.read(|state| session.way_out(way, &state.switches))
}

fn checkout(session: &Session, now: Timestamp) -> Response {
    let button = |(name, says, _): &(&str, &str, &str)| {
        let says = if *name == "pay" { format!("Pay {}", session.amount) } else { (*says).to_owned() };
        let class = if *name == "pay" { "" } else { " class=\"quiet\"" };
        let address = format!("/stablemint/checkout/{}/{name}", session.reference);
        format!("<form method=\"post\" action=\"{address}\"><button{class}>{says}</button></form>\n")
    };
    let explained = |(_, says, does): &(&str, &str, &str)| format!("<dt>{says}</dt><dd>{does}</dd>\n");
    let alert = match session.failed_before {
        true => "<p class=\"alert\" role=\"alert\">The payment failed. You can try again.</p>\n",
        false => "",
    };
    let minutes = session.expires_at.saturating_sub(now) / (60 * SECOND_MS) + 1;
    let content = format!(
        "{alert}<div class=\"buttons\">{}</div>\n\
         <p class=\"soft small\">This page closes in {minutes} min. <a href=\"{}\">Help from {MERCHANT}</a></p>",
        BUTTONS.iter().map(button).collect::<String>(),
        escape(&session.addresses.support)
    );
    let aside = format!(
        "<details class=\"panel small\" open><summary>What each button does</summary><dl>{}</dl></details>\n",
        BUTTONS.iter().map(explained).collect::<String>()
    );
    page(StatusCode::OK, session, "Pay by bank", &content, &aside)
}

fn over(session: &Session, back: &str) -> Response {
    let (status, title, note) = match session.status {
        Status::Paid => (StatusCode::OK, "Payment received", "The money is there."),
        Status::Submitted => {
            (StatusCode::OK, "Payment on its way", "Your bank has the order; the money is not there yet.")
        }
        Status::Failed => (StatusCode::GONE, "Payment failed", "No money was taken."),
        Status::Left => (StatusCode::GONE, "You left this page", "No money was taken."),
        Status::Open | Status::Expired => (StatusCode::GONE, "This page has expired", "No money was taken."),
    };
    let content = format!("<p>{note}</p>\n<p><a class=\"button\" href=\"{}\">Back to {MERCHANT}</a></p>", escape(back));
    page(status, session, title, &content, "")
}

/// `content` and `aside` are HTML; the title is text.
fn page(status: StatusCode, session: &Session, title: &str, content: &str, aside: &str) -> Response {
    let body = format!(
        "{BANNER}<main><section class=\"panel\"><p class=\"soft small\">{MERCHANT}</p>\
         <p class=\"amount number\">{}</p>\n<h1>{title}</h1>\n{content}\n\
         <p class=\"soft small foot\">Reference {}</p></section>\n{aside}</main>",
        session.amount,
        escape(&session.reference)
    );
    respond(status, document("en", title, "", STYLE, &body))
}

/// A page without a session.
fn unknown() -> Response {
    let body = format!(
        "{BANNER}<main><section class=\"panel\"><h1>Payment page not found</h1><p>The address is wrong, or the simulator was \
         reset.</p></section></main>"
    );
    respond(StatusCode::NOT_FOUND, document("en", "Payment page not found", "", STYLE, &body))
}

const BANNER: &str =
    "<header class=\"banner\">This is a simulator of StableMint's payment page. No real money.</header>\n";

const STYLE: &str = "\
:root{--accent:#0f6b4f;--ground:#e6f2ec;--line:#cfe0d8}\
main{max-width:440px;margin:1.2rem auto;padding:0 1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}\
main:has(details){align-items:start}\
@media(min-width:860px){main{margin-top:2.6rem}main:has(details){max-width:860px;\
grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.panel{padding:1.8rem}}\
.panel{border-radius:20px}section.panel{text-align:center}section.panel .alert{text-align:left}\
.amount{font-size:2.6rem;font-weight:700;line-height:1.1;margin:0 0 .6rem;overflow-wrap:anywhere}\
.buttons{display:grid;gap:.6rem;margin:1.2rem 0}.buttons button{width:100%;border-radius:99px}\
a.button{display:block;text-decoration:none;border-radius:99px}\
.foot{margin:1rem 0 0;border-top:1px solid var(--line);padding-top:.8rem}\
dl{margin:0}dt{font-weight:600}dd{margin:0 0 .6rem;color:var(--soft)}\
summary{cursor:pointer;font-weight:600}details[open] summary{margin-bottom:.6rem}";
