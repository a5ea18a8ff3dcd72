//! The parts of the page that are the same for every provider.

use super::html::escape;
use crate::domain::Timestamp;
use crate::simulator::delivery::{Delivery, DeliveryState, Mode, Try};
use crate::simulator::provider::Provider;
use crate::simulator::sender;
use crate::simulator::state::{App, State};
use crate::simulator::switches::Switch;
use crate::simulator::times;

/// How many deliveries the page shows.
const SHOWN: usize = 40;

pub fn header(refreshing: bool) -> String {
    let refresh = match refreshing {
        true => "<a href=\"/\">Stop reloading</a>",
        false => "<a href=\"/?refresh=1\">Reload every 5 seconds</a>",
    };
    format!(
        "<header><div><h1>Payment simulator</h1><p class=\"soft\">It plays the payment providers: their API, their \
         payment pages, their webhooks. No money moves. Tests do the same as this page over <code>/control</code>.</p>\
         </div><p class=\"small\"><a href=\"/\">Reload</a> · {refresh}</p></header>"
    )
}

pub fn problem(there_is_one: bool) -> String {
    let text = "That is not possible in the present state. Nothing was changed.";
    if there_is_one { format!("<p class=\"alert\" role=\"alert\">{text}</p>") } else { String::new() }
}

/// What a client needs to connect, provider by provider.
pub fn connections(state: &State, base_url: &str) -> String {
    let line = |(name, value): (&str, String)| format!("<dt>{name}</dt><dd><code>{}</code></dd>\n", escape(&value));
    let provider = |provider: Provider| {
        let lines: String = provider.connection(state, base_url).into_iter().map(line).collect();
        format!("<details open><summary><h3>{}</h3></summary><dl>{lines}</dl></details>\n", provider.name())
    };
    let providers: String = Provider::ALL.into_iter().map(provider).collect();
    format!("<section class=\"panel\" id=\"connections\"><h2>Keys and addresses</h2>{providers}</section>")
}

/// The sessions of each provider.
pub fn sessions(state: &State, base_url: &str, now: Timestamp) -> String {
    let panel = |provider: Provider| {
        let rows = provider.sessions(state, base_url, now).list("No customer has been sent here yet.");
        format!("<section class=\"panel\" id=\"{}\"><h2>{}</h2>{rows}</section>\n", provider.code(), provider.name())
    };
    let panels: String = Provider::ALL.into_iter().map(panel).collect();
    format!("<div class=\"panels\" id=\"sessions\">{panels}</div>")
}

pub fn clock(app: &App, now: Timestamp) -> String {
    let ahead_ms = app.clock.ahead_ms();
    let ahead = match ahead_ms {
        0 => "It agrees with this machine.".to_owned(),
        _ => format!("It is {} ahead of this machine.", span(ahead_ms)),
    };
    let step = |minutes: u32, name: &str| {
        format!("<button class=\"quiet\" name=\"minutes\" value=\"{minutes}\">{name}</button>\n")
    };
    format!(
        "<section class=\"panel\" id=\"clock\"><h2>Clock</h2><p><strong class=\"number\">{}</strong><br>\
         <span class=\"soft\">{ahead} What falls due on the way happens.</span></p>\
         <form method=\"post\" action=\"/actions/clock\" class=\"row\">{}{}{}</form>\
         <form method=\"post\" action=\"/actions/clock\" class=\"row\"><label for=\"minutes\">Minutes</label>\
         <input id=\"minutes\" name=\"minutes\" type=\"number\" min=\"1\" max=\"527040\" required class=\"short\">\
         <button class=\"quiet\">Forward</button></form></section>",
        times::readable(now),
        step(60, "Forward 1 hour"),
        step(24 * 60, "Forward 1 day"),
        step(3 * 24 * 60, "Forward 3 days")
    )
}

pub fn deliveries(app: &App, state: &State) -> String {
    let list = &state.deliveries.list;
    let rows: String = list.iter().rev().take(SHOWN).map(row).collect();
    let rows = match rows.is_empty() {
        true => "<p class=\"soft\">Nothing has been sent yet.</p>".to_owned(),
        false => format!("<ul class=\"rows\">{rows}</ul>"),
    };
    let more = list.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!("<p class=\"soft small\">and {more} older ones</p>") } else { String::new() };
    format!(
        "<section class=\"panel\" id=\"deliveries\"><h2>Webhooks</h2><p class=\"soft\">{}</p>{}\
         <details><summary>Where they go</summary><dl>{}</dl></details>{rows}{more}</section>",
        match state.deliveries.mode {
            Mode::Now => "Sent at once.",
            Mode::Paused => "Held back until released.",
            Mode::Dropped => "Lost on the way: new ones are not sent.",
            Mode::Twice => "Each is sent two times.",
        },
        controls(state.deliveries.mode),
        addresses(app, state)
    )
}

fn addresses(app: &App, state: &State) -> String {
    let line = |provider: Provider| {
        let address = escape(&sender::address(app, state, provider));
        format!("<dt>{}</dt><dd><code>{address}</code></dd>\n", provider.name())
    };
    Provider::ALL.into_iter().map(line).collect()
}

fn controls(mode: Mode) -> String {
    let other_modes = [
        (Mode::Now, "now", "Send at once"),
        (Mode::Paused, "paused", "Hold back"),
        (Mode::Dropped, "dropped", "Lose them"),
        (Mode::Twice, "twice", "Send twice"),
    ];
    let button = |(_, value, name): &(Mode, &str, &str)| {
        format!("<button class=\"quiet\" name=\"mode\" value=\"{value}\">{name}</button>\n")
    };
    let modes: String = other_modes.iter().filter(|(other, _, _)| *other != mode).map(button).collect();
    format!(
        "<div class=\"row\"><form method=\"post\" action=\"/actions/deliveries\" class=\"row\">{modes}</form>\
         <form method=\"post\" action=\"/actions/release\" class=\"row\">\
         <button class=\"quiet\" name=\"order\" value=\"given\">Release in order</button>\n\
         <button class=\"quiet\" name=\"order\" value=\"reversed\">Release reversed</button>\n\
         <button class=\"quiet\" name=\"order\" value=\"shuffled\">Release shuffled</button></form>\
         <form method=\"post\" action=\"/actions/ping\" class=\"row\"><button class=\"quiet\">Send KOMOJU’s ping</button></form></div>"
    )
}

fn row(delivery: &Delivery) -> String {
    let (mark, class) = match delivery.state {
        DeliveryState::Waiting => ("waiting", "wait"),
        DeliveryState::Delivered => ("delivered", "good"),
        DeliveryState::GaveUp => ("given up", "bad"),
        DeliveryState::Dropped => ("lost", "bad"),
    };
    let answer = |one: &Try| match (&one.status, &one.error) {
        (Some(status), _) => format!("answered {status}"),
        (None, error) => error.as_deref().unwrap_or("no answer").to_owned(),
    };
    let answers = match delivery.tries.as_slice() {
        [] => "not tried yet".to_owned(),
        [only] => answer(only),
        [.., last] => format!("{} tries, the last: {}", delivery.tries.len(), answer(last)),
    };
    let next = match (delivery.state, delivery.tries.is_empty()) {
        (DeliveryState::Waiting, false) => format!(" · next try {}", times::readable(delivery.next_try_at)),
        (DeliveryState::Waiting, true) if delivery.next_try_at > delivery.created_at => {
            format!(" until {}", times::readable(delivery.next_try_at))
        }
        _ => String::new(),
    };
    let fault = delivery.fault.map_or_else(String::new, |what| format!(" · fault: {}", what.in_words()));
    format!(
        "<li><div><strong>{}</strong> <span class=\"mark {class}\">{mark}</span><br>\
         <span class=\"soft small\">{} · {} · {}{next}{fault}</span></div>\
         <form method=\"post\" action=\"/actions/deliveries/{}/resend\"><button class=\"quiet\">Resend</button></form></li>\n",
        escape(&delivery.kind),
        delivery.provider.name(),
        times::readable(delivery.created_at),
        escape(&answers),
        delivery.id
    )
}

pub fn switches(state: &State) -> String {
    let row = |switch: &&'static Switch| {
        let chosen = state.switches.value(switch);
        let option = |choice: &&str| {
            let selected = if *choice == chosen { " selected" } else { "" };
            format!("<option{selected}>{choice}</option>")
        };
        let options: String = switch.choices.iter().map(option).collect();
        let moved = if chosen == switch.choices[0] { "" } else { " <span class=\"mark wait\">changed</span>" };
        format!(
            "<div><label for=\"{0}\">{0}{moved}</label><select id=\"{0}\" name=\"{0}\">{options}</select>\
             <p class=\"soft small\">{1}</p></div>\n",
            switch.name, switch.decides
        )
    };
    let table = |provider: Provider| {
        let switches = provider.switches();
        let rows: String = switches.iter().map(row).collect();
        let changed = switches.iter().any(|switch| state.switches.value(switch) != switch.choices[0]);
        let open = if changed { " open" } else { "" };
        format!(
            "<details{open}><summary><h3>{}</h3></summary>\
             <form method=\"post\" action=\"/actions/switches\"><div class=\"grid\">{rows}</div>\
             <button>Set switches</button></form></details>\n",
            provider.name()
        )
    };
    let tables: String = Provider::ALL.into_iter().map(table).collect();
    format!(
        "<section class=\"panel\" id=\"switches\"><h2>Switches</h2><p class=\"soft\">What the providers' public \
         documentation leaves open. The first choice is the default.</p>{tables}</section>"
    )
}

fn span(ms: i64) -> String {
    let minutes = ms / 60_000;
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min")];
    let parts = parts.iter().filter(|(count, _)| *count != 0).map(|(count, unit)| format!("{count} {unit}"));
    let text = parts.collect::<Vec<_>>().join(" ");
    if text.is_empty() { "less than a minute".to_owned() } else { text }
}

pub const STYLE: &str = "\
header{max-width:1120px;margin:1.5rem auto 0;padding:0 1rem;display:flex;flex-wrap:wrap;gap:.2rem 2rem;\
justify-content:space-between;align-items:end}header p{max-width:44rem}\
main{max-width:1120px;margin:.6rem auto 3rem;padding:0 1rem;display:grid;gap:1rem}main>*{min-width:0}\
.columns{display:grid;gap:1rem}@media(min-width:860px){.columns{grid-template-columns:3fr 2fr}.panel{padding:1.4rem}}\
.columns>*{min-width:0}\
code{font:.86em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}\
dl{display:grid;grid-template-columns:1fr;gap:.1rem 1rem;margin:0}dt{color:var(--soft);font-size:.88rem}\
dd{margin:0 0 .5rem;overflow-wrap:anywhere}\
@media(min-width:560px){dl{grid-template-columns:minmax(8.5rem,auto) 1fr}dd{margin:0}}\
.row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}.row+.row{margin-top:.6rem}.row .row{margin:0}\
.row label{margin:0}input.short{width:7.5rem}select.short{width:auto}\
button.quiet{padding:.3rem .8rem;font-size:.92rem}\
ul.rows{list-style:none;margin:.9rem 0 0;padding:0}\
ul.rows li{display:flex;flex-wrap:wrap;gap:.5rem 1rem;justify-content:space-between;align-items:center;\
border-top:1px solid var(--line);padding:.7rem 0}ul.rows li>div{min-width:0;flex:1 1 16rem;overflow-wrap:anywhere}\
ul.tight li>div{flex-basis:9rem}#faults details{margin-top:.6rem}\
.mark{display:inline-block;font-size:.8rem;font-weight:600;padding:.05rem .5rem;border-radius:99px;background:#e8ebef;\
color:var(--soft);white-space:nowrap}.mark.good{background:#e0f1e7;color:var(--good)}\
.mark.bad{background:#fae5e5;color:var(--bad)}.mark.wait{background:#fdf1cf;color:#6b5206}\
summary{cursor:pointer;padding:.3rem 0}summary h3{display:inline-block;margin:0;font-size:1rem}\
details[open] summary{margin-bottom:.3rem}.panels{display:grid;gap:1rem}.panels>*{min-width:0}\
.grid{display:grid;gap:.3rem 1.4rem;margin-bottom:.8rem}.grid label{overflow-wrap:anywhere}\
@media(min-width:700px){.grid{grid-template-columns:1fr 1fr}}";
