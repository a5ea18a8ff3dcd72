//! The sellers on the page for people, with what can be decided about each.

use super::sellers::{Seller, Verdict};
use crate::simulator::komoju::methods::Method;
use crate::simulator::page::html::escape;
use crate::simulator::state::State;

pub fn sellers(state: &State) -> String {
    let rows: String = state.komoju.sellers.0.iter().map(row).collect();
    let settled = |settlement: &super::settlements::Settlement| {
        format!("<li>{}: ¥{}</li>\n", escape(&settlement.merchant_name), settlement.amount)
    };
    let settlements: String = state.komoju.settlements.iter().rev().take(10).map(settled).collect();
    let settlements = match settlements.is_empty() {
        true => String::new(),
        false => format!("<p class=\"soft small\">The newest settlements</p><ul class=\"small\">{settlements}</ul>"),
    };
    format!(
        "<section class=\"panel\" id=\"sellers\"><h2>KOMOJU’s Platform Model</h2><p class=\"soft\">The platform’s sellers, \
         and what KOMOJU decides about them. Each button sends its webhook, every time.</p><ul class=\"rows\">{rows}\
         <li><div><strong>The platform itself</strong></div>{}</li></ul>{settlements}</section>",
        settle_button("")
    )
}

fn row(seller: &Seller) -> String {
    let methods: String =
        seller.methods.iter().map(|(method, verdict)| mark(&format!("{method}: "), *verdict)).collect();
    let address = format!("/actions/komoju/sellers/{}", seller.id);
    let options: String = Method::ALL.iter().map(|method| format!("<option>{}</option>", method.code())).collect();
    format!(
        "<li><div><strong>{}</strong> {} {methods}<br><span class=\"soft small\">{}</span></div>\
         <div class=\"row\"><form method=\"post\" action=\"{address}/accept\"><button class=\"quiet\">Accept</button></form>\n\
         <form method=\"post\" action=\"{address}/decline\"><button class=\"quiet\">Decline</button></form>\n\
         <form method=\"post\" class=\"row\"><select class=\"short\" name=\"method\" aria-label=\"Payment method of {}\">{options}\
         </select><button class=\"quiet\" formaction=\"{address}/accept_method\">Accept method</button>\n\
         <button class=\"quiet\" formaction=\"{address}/decline_method\">Decline method</button></form>\n{}</div></li>\n",
        escape(&seller.name),
        mark("", seller.application),
        seller.id,
        escape(&seller.name),
        settle_button(&seller.id)
    )
}

fn mark(prefix: &str, verdict: Verdict) -> String {
    let class = match verdict {
        Verdict::Pending => "wait",
        Verdict::Accepted => "good",
        Verdict::Declined => "bad",
    };
    format!("<span class=\"mark {class}\">{}{}</span> ", escape(prefix), verdict.code())
}

fn settle_button(seller: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/actions/komoju/settlements\"><input type=\"hidden\" name=\"seller\" \
         value=\"{seller}\"><button class=\"quiet\">Settle</button></form>"
    )
}
