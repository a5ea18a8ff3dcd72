//! The events that tell a platform about its sellers: `submerchant.*`, and the platform's own `settlement.created`.
//!
//! Of their bodies only a payment's is documented. The rest is read by the names that KOMOJU's SDK gives to the fields,
//! and what is not there is left open rather than refused.

use super::super::wire::Event;
use super::{shares, whole};
use crate::domain::{SellerStanding, Timestamp};
use crate::payments::sellers::{Decision, RefundRequest, SellerNews, SellerPayment};
use crate::payments::{News, Subject, Unreadable, http};
use crate::server::sellers::Settlement;
use serde_json::Value;

/// What an event says about a seller or about the platform's account, and which attempt it is about if any; `None` when
/// it is none of those.
pub fn read(event: &Event) -> Result<Option<(Option<Subject>, News)>, Unreadable> {
    let kind = event.kind.as_str();
    if kind == "settlement.created" {
        return Ok(Some(about_no_order(SellerNews::Settlement { seller: None, settlement: settlement(event)? })));
    }
    let Some(kind) = kind.strip_prefix("submerchant.") else { return Ok(None) };
    let news = match kind {
        "application.accepted" | "application.declined" => {
            about_no_order(SellerNews::Application { seller: seller(event)?, decision: decision(event) })
        }
        "payment_method_application.accepted" | "payment_method_application.declined" => {
            about_no_order(SellerNews::Method {
                seller: seller(event)?,
                method: method(&event.data).to_owned(),
                decision: decision(event),
            })
        }
        "settlement.created" => {
            about_no_order(SellerNews::Settlement { seller: Some(seller(event)?), settlement: settlement(event)? })
        }
        "refund_request.updated" => refund_request(event)?,
        "payment.authorized"
        | "payment.captured"
        | "payment.updated"
        | "payment.expired"
        | "payment.cancelled"
        | "payment.refund.created"
        | "payment.refunded"
        | "payment.failed" => payment(event, kind)?,
        _ => return Ok(None),
    };
    Ok(Some(news))
}

fn about_no_order(news: SellerNews) -> (Option<Subject>, News) {
    (None, News::Seller(news))
}

/// The payment, by whichever of its names is there: KOMOJU's example has neither session nor our order number.
fn payment(event: &Event, kind: &str) -> Result<(Option<Subject>, News), Unreadable> {
    let data = &event.data;
    let name = id(event)?;
    let subject = text(&data["session"])
        .map(Subject::Session)
        .or_else(|| text(&data["external_order_num"]).map(Subject::Attempt))
        .unwrap_or_else(|| Subject::Payment(name.clone()));
    let payment = SellerPayment {
        payment: name,
        what: kind.trim_start_matches("payment.").to_owned(),
        currency: named(&data["currency"], "").to_ascii_uppercase(),
        shares: shares(&data["platform_details"], whole(&data["amount"]).unwrap_or(0)),
        given_back_minor: whole(&data["amount_refunded"]).unwrap_or(0),
    };
    Ok((Some(subject), News::Seller(SellerNews::Payment { seller: seller(event)?, payment })))
}

/// Whether `data` is the request, which names its payment, or the payment, which has its requests, is not documented.
fn refund_request(event: &Event) -> Result<(Option<Subject>, News), Unreadable> {
    let data = &event.data;
    let newest = data["refund_requests"].as_array().and_then(|requests| requests.last());
    let (payment, request) = match newest {
        Some(request) => (text(&data["id"]), request),
        None => (text(&data["payment"]).or_else(|| text(&data["payment"]["id"])), data),
    };
    let id = text(&request["id"]).ok_or_else(|| Unreadable("data: missing field `id`".to_owned()))?;
    let request = RefundRequest { id, status: named(&request["status"], "changed") };
    let news = SellerNews::RefundRequest { seller: seller(event)?, request };
    Ok((payment.map(Subject::Payment), News::Seller(news)))
}

/// Whose event it is: beside `data`, as KOMOJU's example has it.
fn seller(event: &Event) -> Result<String, Unreadable> {
    text(&event.submerchant_id)
        .or_else(|| text(&event.data["submerchant_id"]))
        .ok_or_else(|| Unreadable("missing field `submerchant_id`".to_owned()))
}

fn id(event: &Event) -> Result<String, Unreadable> {
    text(&event.data["id"]).ok_or_else(|| Unreadable("data: missing field `id`".to_owned()))
}

fn decision(event: &Event) -> Decision {
    let accepted = event.kind.ends_with(".accepted");
    Decision {
        standing: if accepted { SellerStanding::Accepted } else { SellerStanding::Declined },
        reason: named(&event.reason, ""),
        told_at: happened_at(event),
    }
}

fn happened_at(event: &Event) -> Option<Timestamp> {
    event.created_at.as_str().and_then(http::moment)
}

/// Which way to be paid an application is about. Which field has it is not documented: these are the names that KOMOJU
/// uses for it elsewhere.
fn method(data: &Value) -> &str {
    let method = &data["payment_method"];
    [method, &method["type_slug"], &method["type"], &data["payment_type"], &data["type_slug"], &data["type"]]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or("(not named)")
}

/// `…_cents` are the currency's smallest unit, as everywhere at KOMOJU: whole yen in yen.
fn settlement(event: &Event) -> Result<Settlement, Unreadable> {
    let data = &event.data;
    let fee = whole(&data["fee_amount_cents"]);
    Ok(Settlement {
        id: id(event)?,
        reference: named(&data["reference"], ""),
        currency: named(&data["currency"], "").to_ascii_uppercase(),
        gross_minor: whole(&data["transaction_amount_cents"]),
        fee_minor: fee.map(|fee| fee.saturating_add(whole(&data["fee_tax_amount_cents"]).unwrap_or(0))),
        paid_minor: whole(&data["remittance_amount_cents"]).or_else(|| whole(&data["settlement_amount_cents"])),
        settled_at: data["created_at"].as_str().and_then(http::moment).or_else(|| happened_at(event)),
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn named(value: &Value, otherwise: &str) -> String {
    text(value).unwrap_or_else(|| otherwise.to_owned())
}
