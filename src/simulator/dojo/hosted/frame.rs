//! What the hosted page looks like: what is to be paid on one side, the form on the other.

use super::{Fields, field, needs_email};
use crate::simulator::dojo::model::{Intent, Status};
use crate::simulator::dojo::read::property;
use crate::simulator::dojo::{MERCHANT, cards, money};
use crate::simulator::page::html::{document, escape, respond};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

/// The address of a part of an intent's pages; `part` begins with a slash or is empty.
pub fn address(id: &str, part: &str) -> String {
    format!("/dojo/checkout/{}{part}", escape(id))
}

/// The form, with what was typed before; the card's number and code are never sent back.
pub fn form(intent: &Intent, typed: &Fields, problem: Option<&str>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let alert = |problem| format!("<p class=\"alert\" role=\"alert\">{}</p>\n", escape(problem));
    let wallet = match intent.methods.iter().any(|method| method == "Wallet") {
        true => format!(
            "<form method=\"post\" action=\"{}\"><button class=\"wallet\">Pay with a test wallet</button></form>\n\
             <p class=\"or soft small\">Or pay with card</p>\n",
            address(&intent.id, "/wallet")
        ),
        false => String::new(),
    };
    let (email, required) = if needs_email(intent) { ("Email", "required") } else { ("Email (optional)", "") };
    let content = format!(
        "{}{wallet}<h2>Payment details</h2>\n<p class=\"soft small\">All transactions are simulated: use a test card.</p>\n\
         <form method=\"post\" action=\"{}\">\n{}{}<div class=\"pair\">{}{}</div>\n{}\
         <p class=\"soft small note\">The simulator sends no receipt.</p>\n<button>Pay {}</button></form>\n{}",
        problem.map(alert).unwrap_or_default(),
        address(&intent.id, "/pay"),
        input("name", "Name on card", field(typed, "name"), "required autocomplete=\"cc-name\" maxlength=\"100\""),
        input(
            "card_number",
            "Card number",
            "",
            "required inputmode=\"numeric\" autocomplete=\"cc-number\" placeholder=\"1234 1234 1234 1234\" maxlength=\"30\""
        ),
        input(
            "expiry",
            "Expiry date",
            field(typed, "expiry"),
            "required inputmode=\"numeric\" autocomplete=\"cc-exp\" placeholder=\"MM/YY\" maxlength=\"9\""
        ),
        input(
            "cvv",
            "Security code",
            "",
            "required inputmode=\"numeric\" autocomplete=\"cc-csc\" placeholder=\"CVC\" maxlength=\"4\""
        ),
        input(
            "email",
            email,
            field(typed, "email"),
            &format!("type=\"email\" autocomplete=\"email\" maxlength=\"254\" {required}")
        ),
        money(intent.total(), &intent.currency),
        way_out(intent)
    );
    page(status, &format!("Pay {}", title(intent)), &summary(intent), &content, &test_cards())
}

/// The page of the card's bank.
pub fn challenge(intent: &Intent) -> Response {
    let content = format!(
        "<h2>Your bank asks</h2>\n<p>A real bank would ask for a code or in its app. Here you choose what it says.</p>\n\
         <form method=\"post\" action=\"{}\">\n<button name=\"outcome\" value=\"pass\">Approve the payment</button>\n\
         <button name=\"outcome\" value=\"fail\" class=\"quiet\">Refuse it</button></form>\n",
        address(&intent.id, "/challenge")
    );
    page(StatusCode::OK, "3-D Secure", &summary(intent), &content, "")
}

/// An intent that cannot be paid any more.
pub fn ended(intent: &Intent, way_back: Option<&str>) -> Response {
    let (status, title, note) = match intent.status {
        Status::Authorized | Status::Captured => {
            (StatusCode::OK, "Payment successful", "Nothing more is to be done here.")
        }
        Status::Refunded | Status::Reversed => (StatusCode::OK, "Payment returned", "The money has been given back."),
        Status::Created => (StatusCode::GONE, "This page has expired", "Nothing was paid. Start again at the shop."),
        Status::Canceled => {
            (StatusCode::GONE, "This payment was cancelled", "Nothing was paid. Start again at the shop.")
        }
    };
    let back = match way_back.filter(|_| intent.paid.is_some()) {
        Some(url) => format!("<p><a href=\"{}\">Return to merchant</a></p>\n", escape(url)),
        None => String::new(),
    };
    let content = format!("<h2>{title}</h2>\n<p>{note}</p>\n{back}{}", action_link(intent));
    page(status, title, &summary(intent), &content, "")
}

pub fn unknown() -> Response {
    let content = "<h2>There is no such payment</h2>\n<p>The address may be incomplete.</p>\n";
    page(StatusCode::NOT_FOUND, "There is no such payment", &format!("<p class=\"who\">{MERCHANT}</p>"), content, "")
}

/// What is to be paid, by its own title where the merchant gave one.
fn summary(intent: &Intent) -> String {
    let config = intent.given.get("config").unwrap_or(&Value::Null);
    let shows = |name: &str| *property(property(config, "details"), name) == true;
    let mut html = format!(
        "<p class=\"who\">{}</p>\n<p class=\"amount number\">{}</p>\n",
        escape(title(intent)),
        money(intent.total(), &intent.currency)
    );
    if shows("showReference") {
        html.push_str(&format!("<p class=\"soft\">Order {}</p>\n", escape(&intent.reference)));
    }
    let mut rows: String = ["itemLines", "taxLines"].iter().flat_map(|name| lines(intent, name)).collect();
    if shows("showTotal") {
        let total = money(intent.total(), &intent.currency);
        rows.push_str(&format!("<tr class=\"sum\"><td>Total due</td><td class=\"number\">{total}</td></tr>\n"));
    }
    if !rows.is_empty() {
        html.push_str(&format!("<table>{rows}</table>\n"));
    }
    html + &action_link(intent)
}

fn title(intent: &Intent) -> &str {
    let config = intent.given.get("config").unwrap_or(&Value::Null);
    property(config, "title").as_str().filter(|title| !title.is_empty()).unwrap_or(MERCHANT)
}

fn lines(intent: &Intent, name: &str) -> Vec<String> {
    let Some(Value::Array(lines)) = intent.given.get(name) else { return Vec::new() };
    let row = |line: &Value| {
        let text = |name: &str| property(line, name).as_str().map(escape);
        let label = text("name").or_else(|| text("caption")).unwrap_or_else(|| "—".to_owned());
        let count = property(line, "quantity").as_i64().map(|count| format!("{count} × ")).unwrap_or_default();
        let amount = property(property(line, "amountTotal"), "value").as_i64().unwrap_or_default();
        let amount = money(amount, &intent.currency);
        format!("<tr><td>{count}{label}</td><td class=\"number\">{amount}</td></tr>\n")
    };
    lines.iter().map(row).collect()
}

/// The button that a merchant may add, for an invoice perhaps.
fn action_link(intent: &Intent) -> String {
    let link = intent.given.get("actionLink").unwrap_or(&Value::Null);
    let text = |name: &str| property(link, name).as_str().map(escape);
    match (text("url"), text("label")) {
        (Some(url), Some(label)) => format!("<p><a class=\"pill\" href=\"{url}\">{label}</a></p>\n"),
        _ => String::new(),
    }
}

fn way_out(intent: &Intent) -> String {
    let link =
        |url: &String| format!("<p class=\"out\"><a href=\"{}\">Cancel and return to merchant</a></p>\n", escape(url));
    intent.cancel_url.as_ref().map(link).unwrap_or_default()
}

fn test_cards() -> String {
    let row = |card: &cards::Card| {
        let spaced = [&card.number[..4], &card.number[4..8], &card.number[8..12], &card.number[12..]].join(" ");
        format!("<tr><td class=\"number\">{spaced}</td><td>{}</td></tr>\n", card.kind.describe())
    };
    let rows: String = cards::ALL.iter().map(row).collect();
    format!(
        "<details class=\"cards small\" open><summary>Test cards</summary><p class=\"soft\">Any name, any date that is not over, \
         any code. Every other number is declined.</p><table>{rows}</table></details>\n"
    )
}

fn page(status: StatusCode, title: &str, summary: &str, content: &str, below: &str) -> Response {
    let body = format!(
        "<header class=\"banner\">This is a simulator. No money moves; do not enter a real card.</header>\n\
         <main><section class=\"summary\"><h1 class=\"hidden\">{}</h1>\n{summary}</section>\n\
         <section class=\"pay\">{content}</section>\n{below}</main>\n\
         <footer class=\"soft small\">Stands in for the checkout page of Dojo</footer>",
        escape(title)
    );
    respond(status, document("en", title, "", STYLE, &body))
}

/// A labelled input. `more` are further attributes as HTML.
fn input(id: &str, label: &str, value: &str, more: &str) -> String {
    let value = escape(value);
    format!(
        "<div><label for=\"{id}\">{label}</label><input id=\"{id}\" name=\"{id}\" value=\"{value}\" {more}></div>\n"
    )
}

const STYLE: &str = "\
:root{--accent:#14201d;--line:#dfe3e1}body{background:#fff}\
main{max-width:980px;margin:0 auto;padding:1.4rem 1.1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1.6rem}\
.summary{text-align:center}.who{font-size:1.1rem;margin:.4rem 0 0}.amount{font-size:2.6rem;line-height:1.2;margin:0 0 .8rem}\
.summary table{text-align:left}\
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}td{padding:.45rem 0;border-top:1px solid var(--line);\
vertical-align:top}td+td{text-align:right;padding-left:1rem}.sum td{font-weight:700}\
summary{cursor:pointer;font-weight:600;margin-bottom:.4rem}\
form{display:grid;gap:1rem}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}\
label{font-weight:400}input{border-radius:4px;border-color:#aab3b0}\
button,.pill{border-radius:99px;width:100%}.pill{display:block;text-align:center;text-decoration:none;\
padding:.6rem 1rem;border:1px solid var(--accent);color:var(--accent)}\
.wallet{background:#fff;color:var(--accent);margin-bottom:.4rem}.or{text-align:center;margin:.8rem 0}\
.note{margin:-.6rem 0 0}.out{text-align:center;margin:1.1rem 0 0}\
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}\
footer{text-align:center;padding:.6rem 1rem 2rem}\
@media(min-width:820px){main{grid-template-columns:1fr 1fr;grid-template-rows:auto 1fr;gap:0;margin-top:2.6rem;padding:0 1.1rem}\
.summary,.cards{padding:1rem 4rem 1rem 1rem;grid-column:1}\
.pay{padding:1rem 1rem 2rem 4rem;border-left:1px solid var(--line);grid-column:2;grid-row:1/3}}";
