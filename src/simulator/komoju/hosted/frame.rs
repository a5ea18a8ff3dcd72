//! What every hosted page has around its form: the banner, the order, the way back, the list of test cards.

use super::words::{Language, Words, fill};
use crate::domain::Timestamp;
use crate::simulator::komoju::methods::Method;
use crate::simulator::komoju::model::{Payment, Session};
use crate::simulator::komoju::{MERCHANT, cards, currency};
use crate::simulator::page::html::{document, escape, respond};
use axum::http::StatusCode;
use axum::response::Response;

/// A look at one session's page.
pub struct Visit {
    pub session: Session,
    pub payment: Option<Payment>,
    pub language: Language,
    pub now: Timestamp,
}

impl Visit {
    pub fn words(&self) -> &'static Words {
        self.language.words()
    }

    /// The address of a part of this session's pages, in the visitor's language.
    pub fn address(&self, part: &str) -> String {
        let slash = if part.is_empty() { "" } else { "/" };
        format!("/komoju/sessions/{}{slash}{part}?locale={}", escape(&self.session.id), self.language.code())
    }

    /// The page with what is to be paid beside it. `content` is HTML.
    pub fn page(&self, status: StatusCode, title: &str, method: Option<Method>, content: &str) -> Response {
        let aside = format!(
            "{}{}",
            self.order(method),
            if method == Some(Method::CreditCard) { self.cards() } else { String::new() }
        );
        let body = format!(
            "{}<main class=\"two\"><section class=\"panel main\"><p class=\"soft small\">{MERCHANT}</p>\n<h1>{}</h1>\n\
             {content}\n{}</section>\n<aside>{aside}</aside></main>{}",
            banner(self.words()),
            escape(title),
            self.way_back(),
            self.languages()
        );
        respond(status, document(self.language.code(), title, "", STYLE, &body))
    }

    /// An alert above a form; nothing when there is nothing to say.
    pub fn alert(&self, problem: Option<&str>) -> String {
        let alert = |problem| format!("<p class=\"alert\" role=\"alert\">{}</p>\n", escape(problem));
        problem.map(alert).unwrap_or_default()
    }

    /// The link to the list of methods, where there is more than one.
    pub fn other_method(&self) -> String {
        if self.session.methods.len() < 2 {
            return String::new();
        }
        format!("<p class=\"other\"><a href=\"{}\">{}</a></p>\n", self.address(""), self.words().other_method)
    }

    fn order(&self, method: Option<Method>) -> String {
        let (words, session) = (self.words(), &self.session);
        let mut rows = String::new();
        for item in &session.line_items {
            let name = escape(item.description.as_deref().unwrap_or("—"));
            let count = if item.quantity == 1 { String::new() } else { format!(" × {}", item.quantity) };
            let amount = item.amount.map(|amount| currency::display(amount, &session.currency)).unwrap_or_default();
            rows.push_str(&format!("<tr><td>{name}{count}</td><td class=\"number\">{amount}</td></tr>\n"));
        }
        let mut row = |name: &str, amount: i64, code: &str, class: &str| {
            let amount = currency::display(amount, code);
            rows.push_str(&format!("<tr class=\"{class}\"><td>{name}</td><td class=\"number\">{amount}</td></tr>\n"));
        };
        let terms = method.map(|method| method.terms(session.amount, &session.currency));
        match terms.filter(|terms| terms.fee > 0 || terms.currency != session.currency) {
            Some(terms) => {
                row(words.price, session.amount, &session.currency, "sum");
                if terms.fee > 0 {
                    row(words.fee, terms.fee, &terms.currency, "");
                }
                row(words.total, terms.amount.saturating_add(terms.fee), &terms.currency, "sum");
            }
            None => row(words.total, session.amount, &session.currency, "sum"),
        }
        format!("<section class=\"panel\"><h2>{}</h2>\n<table class=\"order\">{rows}</table></section>\n", words.order)
    }

    /// Remarks on what the method costs: the fee, and the yen that another currency becomes.
    pub fn remarks(&self, method: Method) -> String {
        let (words, session) = (self.words(), &self.session);
        let terms = method.terms(session.amount, &session.currency);
        let mut remarks = String::new();
        if terms.currency != session.currency {
            let (from, to) = (
                currency::display(session.amount, &session.currency),
                currency::display(terms.amount, &terms.currency),
            );
            let text = fill(words.converted, &format!("{from} → {to}"));
            remarks.push_str(&format!("<p>{text}</p>\n"));
        }
        if terms.fee > 0 {
            let text = fill(words.fee_note, &currency::display(terms.fee, &terms.currency));
            remarks.push_str(&format!("<p>{text}</p>\n"));
        }
        remarks
    }

    fn cards(&self) -> String {
        let row = |card: &cards::Card| {
            let number = spaced(card.number);
            format!("<tr><td class=\"number\">{number}</td><td>{}</td></tr>\n", escape(&card.kind.describe()))
        };
        let rows: String = cards::ALL.iter().map(row).collect();
        format!(
            "<details class=\"panel small\" open><summary>{}</summary><p class=\"soft\">Any name, any date that is not over, \
             any CVC.</p><div class=\"scroll\" tabindex=\"0\"><table class=\"cards\">{rows}</table></div></details>\n",
            self.words().test_cards
        )
    }

    fn way_back(&self) -> String {
        if self.session.return_url.is_none() {
            return String::new();
        }
        format!(
            "<form method=\"post\" action=\"{}\" class=\"back\"><button class=\"quiet\">{}</button></form>\n",
            self.address("return"),
            self.words().go_back
        )
    }

    fn languages(&self) -> String {
        let id = escape(&self.session.id);
        format!(
            "<footer class=\"soft small\"><a href=\"/komoju/sessions/{id}?locale=ja\" lang=\"ja\">日本語</a> · \
             <a href=\"/komoju/sessions/{id}?locale=en\" lang=\"en\">English</a></footer>"
        )
    }
}

/// A page without a session.
pub fn unknown(language: Language) -> Response {
    let words = language.words();
    let body = format!(
        "{}<main class=\"one\"><section class=\"panel\"><h1>{}</h1><p>{}</p></section></main>",
        banner(words),
        words.unknown,
        words.unknown_note
    );
    respond(StatusCode::NOT_FOUND, document(language.code(), words.unknown, "", STYLE, &body))
}

fn banner(words: &Words) -> String {
    format!("<p class=\"banner\">{}</p>\n", words.banner)
}

fn spaced(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

const STYLE: &str = "\
main{max-width:940px;margin:1.2rem auto;padding:0 1rem;display:grid;gap:1rem}main.one{max-width:560px}\
aside{display:grid;gap:1rem;align-content:start}\
@media(min-width:820px){main.two{grid-template-columns:minmax(0,1.25fr) minmax(0,1fr);align-items:start;margin-top:2.2rem}\
.panel{padding:1.6rem}}\
form{display:grid;gap:.9rem}form.back{margin-top:1rem;border-top:1px solid var(--line);padding-top:1rem}\
.other{margin:.9rem 0 0}\
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.9rem}\
ul.methods{list-style:none;margin:0;padding:0;display:grid;gap:.6rem}\
ul.methods a{display:flex;justify-content:space-between;gap:1rem;padding:.85rem 1rem;border:1px solid #b9c4cf;\
border-radius:8px;font-weight:600;text-decoration:none}ul.methods a:hover{background:#f2f6fa}\
table{border-collapse:collapse;width:100%}td{padding:.3rem 0;vertical-align:top}td+td{text-align:right;padding-left:1rem}\
.order .sum td{border-top:1px solid var(--line);font-weight:600;padding-top:.5rem}\
.scroll{max-height:22rem;overflow:auto}.cards td{border-top:1px solid var(--line)}.cards td+td{text-align:left}\
summary{cursor:pointer;font-weight:600}details[open] summary{margin-bottom:.6rem}\
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.45rem 1rem;margin:0 0 1rem}dt{color:var(--soft)}\
dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}\
.stores{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:.5rem}\
fieldset{border:0;margin:0;padding:0}legend{font-weight:600;font-size:.92rem;padding:0;margin-bottom:.35rem}\
.stores label{display:flex;align-items:center;gap:.5rem;font-weight:400;font-size:1rem;border:1px solid #b9c4cf;\
border-radius:8px;padding:.5rem .7rem;min-height:44px;margin:0;cursor:pointer}\
.stores input{width:auto;min-height:0;margin:0}\
footer{text-align:center;padding:.4rem 1rem 2rem}";
