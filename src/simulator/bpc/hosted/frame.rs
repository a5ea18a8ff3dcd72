//! What the payment page looks like: the order on top, one thing to do below it, the test cards beside it.

use super::{Fields, field};
use crate::domain::Timestamp;
use crate::simulator::bpc::model::Session;
use crate::simulator::bpc::switches::WAY_OUT;
use crate::simulator::bpc::{MERCHANT, cards, display};
use crate::simulator::page::html::{document, escape, respond};
use crate::simulator::switches::Switches;
use crate::simulator::times::SECOND_MS;
use axum::http::StatusCode;
use axum::response::Response;

/// A look at one session's page.
pub struct Visit {
    pub session: Session,
    pub switches: Switches,
    pub now: Timestamp,
}

impl Visit {
    pub fn takes_cards(&self) -> bool {
        self.session.takes_cards(self.now)
    }

    /// The address of a part of this session's pages.
    pub fn address(&self, part: &str) -> String {
        format!("/bpc/payment/{}/{part}", self.session.id)
    }

    /// Where the browser goes back to.
    pub fn back(&self, paid: bool) -> String {
        self.session.way_back(paid, &self.switches)
    }

    /// The form, with the expiry of the last try; number and CVC are never sent back.
    pub fn form(&self, typed: &Fields, problem: Option<&str>) -> Response {
        let alert = |problem| format!("<p class=\"alert\" role=\"alert\">{}</p>\n", escape(problem));
        let minutes = self.session.expires_at.saturating_sub(self.now) / (60 * SECOND_MS) + 1;
        let way_out = match self.switches.is(&WAY_OUT, "failure_url") {
            true => format!("<p class=\"out\"><a href=\"{}\">Cancel and return</a></p>\n", escape(&self.back(false))),
            false => String::new(),
        };
        let content = format!(
            "{}<form method=\"post\" action=\"{}\">\n{}<div class=\"pair\">{}{}</div>\n<button>Pay {}</button></form>\n\
             <p class=\"soft small clock\">This page closes in {minutes} min.</p>\n{way_out}",
            problem.map(alert).unwrap_or_default(),
            self.address("pay"),
            input("pan", "Card number", "", "autocomplete=\"cc-number\" maxlength=\"30\""),
            input(
                "expiry",
                "Expiry (MM/YY)",
                field(typed, "expiry"),
                "autocomplete=\"cc-exp\" placeholder=\"12/34\" maxlength=\"9\""
            ),
            input("cvc", "CVC", "", "autocomplete=\"cc-csc\" maxlength=\"4\""),
            display(self.session.amount, &self.session.currency)
        );
        let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        self.page(status, "Card payment", &content, &test_cards())
    }

    /// The card's bank asks: the sandbox has two buttons for that.
    pub fn challenge(&self) -> Response {
        let content = format!(
            "<p>The bank's own page would be here. Choose how it ends.</p>\n\
             <form method=\"post\" action=\"{}\" class=\"choice\"><button name=\"outcome\" value=\"pass\">Success</button>\n\
             <button name=\"outcome\" value=\"fail\" class=\"quiet\">Fail</button></form>\n",
            self.address("challenge")
        );
        self.page(StatusCode::OK, "3-D Secure", &content, "")
    }

    pub fn paid(&self) -> Response {
        let held =
            if self.session.manual_capture { "The amount is held on the card." } else { "Your payment went through." };
        self.page(StatusCode::OK, "Payment successful", &format!("<p>{held}</p>\n{}", self.link_back(true)), "")
    }

    pub fn declined(&self) -> Response {
        let why = self.session.declined.as_deref().unwrap_or_default();
        let again = match self.takes_cards() {
            true => format!(
                "<form method=\"post\" action=\"{}\"><button class=\"quiet\">Try another card</button></form>\n",
                self.address("again")
            ),
            false => String::new(),
        };
        let content = format!(
            "<p class=\"alert\" role=\"alert\">{} No money was taken.</p>\n{}{again}",
            escape(why),
            self.link_back(false)
        );
        self.page(StatusCode::OK, "Payment failed", &content, "")
    }

    pub fn expired(&self) -> Response {
        let content = format!("<p>No money was taken. Start again at the shop.</p>\n{}", self.link_back(false));
        self.page(StatusCode::GONE, "This page has closed", &content, "")
    }

    fn link_back(&self, paid: bool) -> String {
        format!("<p><a class=\"button\" href=\"{}\">Return to Merchant</a></p>\n", escape(&self.back(paid)))
    }

    /// `content` and `aside` are HTML; the title is text.
    fn page(&self, status: StatusCode, title: &str, content: &str, aside: &str) -> Response {
        let session = &self.session;
        let body = format!(
            "{BANNER}<main><section class=\"panel\"><div class=\"order\"><div><span class=\"soft small\">{MERCHANT}</span><br>\
             Order {}</div><strong class=\"number\">{}</strong></div>\n<h1>{title}</h1>\n{content}</section>\n{aside}</main>",
            escape(&session.merchant_reference),
            display(session.amount, &session.currency)
        );
        respond(status, document("en", title, "", STYLE, &body))
    }
}

/// A page without a session.
pub fn unknown() -> Response {
    let body = format!(
        "{BANNER}<main><section class=\"panel\"><h1>Payment page not found</h1><p>The address is wrong, or the simulator was \
         reset.</p></section></main>"
    );
    respond(StatusCode::NOT_FOUND, document("en", "Payment page not found", "", STYLE, &body))
}

fn test_cards() -> String {
    let row = |card: &cards::Card| {
        let digits: Vec<char> = card.number.chars().collect();
        let spaced: Vec<String> = digits.chunks(4).map(|four| four.iter().collect()).collect();
        format!(
            "<tr><td class=\"number\">{}<br><span class=\"soft\">{}</span></td><td>{}</td></tr>\n",
            spaced.join(" "),
            card.expiry,
            card.kind.describe()
        )
    };
    let rows: String = cards::ALL.iter().map(row).collect();
    format!(
        "<details class=\"panel small\" open><summary>Test cards</summary><p class=\"soft\">CVC {} for all. With another code, \
         another date or another number the card is declined.</p><table>{rows}</table></details>\n",
        cards::CVC
    )
}

/// A labelled input. `more` are further attributes as HTML.
fn input(id: &str, label: &str, value: &str, more: &str) -> String {
    let value = escape(value);
    format!(
        "<div><label for=\"{id}\">{label}</label><input id=\"{id}\" name=\"{id}\" value=\"{value}\" required \
         inputmode=\"numeric\" {more}></div>\n"
    )
}

const BANNER: &str = "<header class=\"banner\">This is a simulator of BPC's payment page. No real money.</header>\n";

const STYLE: &str = "\
:root{--accent:#0d5c63;--ground:#e9eef0}\
main{max-width:900px;margin:1.2rem auto;padding:0 1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;align-items:start}\
@media(min-width:820px){main:has(details){grid-template-columns:minmax(0,1.2fr) minmax(0,1fr)}\
main{margin-top:2.4rem}.panel{padding:1.6rem}}\
main:not(:has(details)){max-width:520px}\
.panel{border-radius:6px}section.panel{border-top:6px solid var(--accent)}\
.order{display:flex;flex-wrap:wrap;gap:.3rem 1rem;justify-content:space-between;align-items:end;overflow-wrap:anywhere;\
border-bottom:1px dashed #b8c4c7;padding-bottom:.9rem;margin-bottom:1.1rem}.order strong{font-size:1.5rem}\
form{display:grid;gap:.9rem}.choice{grid-template-columns:1fr 1fr}\
.pair{display:grid;grid-template-columns:1fr 1fr;gap:.9rem}\
button,.button,input{border-radius:4px}\
a.button{display:block;text-align:center;text-decoration:none}\
.clock{margin:.9rem 0 0}.out{margin:.6rem 0 0}\
table{border-collapse:collapse;width:100%}td{padding:.35rem 0;vertical-align:top;border-top:1px solid var(--line)}\
td+td{padding-left:1rem}summary{cursor:pointer;font-weight:600}details[open] summary{margin-bottom:.6rem}";
