//! Payments as the merchant sees them: listed, shown, amended, captured, cancelled.

use super::api::{Answer, Call};
use super::error::Refusal;
use super::methods::Method;
use super::model::{Details, Payment, PaymentStatus};
use super::wire::{self, Version};
use super::{currency, pay};
use crate::domain::Timestamp;
use crate::simulator::state::{State, World};
use crate::simulator::{form, times};
use serde::Serialize;
use serde_json::Value;

pub fn show(world: &mut World<'_>, id: &str, version: Version) -> Result<Answer, Refusal> {
    let payment = world.state.komoju.payment(id).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(&wire::payment(payment, &world.state.switches, version)))
}

/// `GET /payments`, newest first, by order number, status, currency and time.
pub fn list(world: &mut World<'_>, call: &Call) -> Result<Answer, Refusal> {
    let page = Page::read(call)?;
    let is_wanted = |payment: &&Payment| {
        let number =
            call.query("external_order_num").is_none_or(|it| payment.external_order_num.as_deref() == Some(it));
        let status = call.query("status").is_none_or(|it| it.split(',').any(|one| one == payment.status.code()));
        let currency = call.query("currency").is_none_or(|it| it == payment.currency);
        number && status && currency && page.covers(payment.created_at)
    };
    let wanted: Vec<&Payment> = world.state.komoju.payments.iter().rev().filter(is_wanted).collect();
    Ok(page.answer("payment_list", &wanted, |payment| {
        Answer::ok(&wire::payment(payment, &world.state.switches, call.version)).body
    }))
}

/// Only the description and the metadata can be amended.
pub fn update(world: &mut World<'_>, id: &str, call: &Call) -> Result<Answer, Refusal> {
    let payment = world.state.komoju.payment_mut(id).ok_or_else(Refusal::not_found)?;
    if !call.body["description"].is_null() {
        payment.description = form::text(&call.body["description"]);
    }
    if let Value::Object(fields) = &call.body["metadata"] {
        payment.metadata =
            fields.iter().map(|(key, value)| (key.clone(), form::text(value).unwrap_or_default())).collect();
    }
    show(world, id, call.version)
}

/// Takes a held card's money, or a part of it. Slips are not captured by the merchant.
pub fn capture(world: &mut World<'_>, id: &str, call: &Call) -> Result<Answer, Refusal> {
    let payment = world.state.komoju.payment(id).ok_or_else(Refusal::not_found)?;
    let held = payment.status == PaymentStatus::Authorized && matches!(payment.details, Details::CreditCard { .. });
    let part = if form::text(&call.body["amount"]).is_none() {
        Some(payment.amount)
    } else {
        form::whole(&call.body["amount"])
    };
    let Some(part) = part.filter(|part| (1..=payment.amount).contains(part)) else {
        return Err(Refusal::invalid("amount", "it must be between 1 and the amount that is held"));
    };
    if !held || !pay::capture(world, id, Some(part)) {
        return Err(Refusal::not_capturable());
    }
    show(world, id, call.version)
}

pub fn cancel(world: &mut World<'_>, id: &str, version: Version) -> Result<Answer, Refusal> {
    world.state.komoju.payment(id).ok_or_else(Refusal::not_found)?;
    if !pay::end(world, id, PaymentStatus::Cancelled) {
        return Err(Refusal::not_cancellable());
    }
    show(world, id, version)
}

/// `GET /payment_methods`: one entry for each method and currency.
pub fn methods() -> Answer {
    #[derive(Serialize)]
    struct Entry {
        name_en: &'static str,
        name_ja: &'static str,
        name_ko: &'static str,
        type_slug: &'static str,
        currency: &'static str,
    }
    let entry = |method: Method, currency: &'static str| Entry {
        name_en: method.name_en(),
        name_ja: method.name_ja(),
        name_ko: method.name_en(),
        type_slug: method.code(),
        currency,
    };
    let cards = currency::codes().map(|currency| entry(Method::CreditCard, currency));
    let others = [Method::Konbini, Method::BankTransfer, Method::PayPay].map(|method| entry(method, "JPY"));
    Answer::ok(&cards.chain(others).collect::<Vec<_>>())
}

pub fn knows_order_num(state: &State, number: &str) -> bool {
    state.komoju.payments.iter().any(|payment| payment.external_order_num.as_deref() == Some(number))
}

/// Which part of a list is asked for. Ten entries when nothing is said, as in a sample of 2018.
pub struct Page {
    page: usize,
    per_page: usize,
    start: Option<(String, Timestamp)>,
    end: Option<(String, Timestamp)>,
}

impl Page {
    pub fn read(call: &Call) -> Result<Page, Refusal> {
        let number = |name: &str, default: usize| match call.query(name) {
            None => Ok(default),
            Some(given) => given
                .parse::<usize>()
                .ok()
                .filter(|number| (1..=100_000).contains(number))
                .ok_or_else(|| Refusal::invalid(name, "it must be a whole number from 1")),
        };
        let time = |name: &str| match call.query(name) {
            None => Ok(None),
            Some(given) => times::parse(given)
                .map(|at| Some((given.to_owned(), at)))
                .ok_or_else(|| Refusal::invalid(name, "it must be a time like 2026-01-31T12:00:00Z")),
        };
        Ok(Page {
            page: number("page", 1)?,
            per_page: number("per_page", 10)?.min(100),
            start: time("start_time")?,
            end: time("end_time")?,
        })
    }

    pub fn covers(&self, at: Timestamp) -> bool {
        self.start.as_ref().is_none_or(|(_, start)| at >= *start) && self.end.as_ref().is_none_or(|(_, end)| at <= *end)
    }

    /// The part of the list that was asked for. The entries come as JSON so that events keep the text they were sent in.
    pub fn answer<T>(&self, resource: &'static str, entries: &[T], to_json: impl Fn(&T) -> String) -> Answer {
        #[derive(Serialize)]
        struct Head<'a> {
            resource: &'static str,
            total: usize,
            page: usize,
            per_page: usize,
            last_page: usize,
            #[serde(skip_serializing_if = "Option::is_none")]
            start_time: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            end_time: Option<&'a str>,
        }
        let shown = entries.iter().skip((self.page - 1) * self.per_page).take(self.per_page);
        let shown = shown.map(to_json).collect::<Vec<_>>().join(",");
        let mut answer = Answer::ok(&Head {
            resource,
            total: entries.len(),
            page: self.page,
            per_page: self.per_page,
            last_page: entries.len().div_ceil(self.per_page),
            start_time: self.start.as_ref().map(|(text, _)| text.as_str()),
            end_time: self.end.as_ref().map(|(text, _)| text.as_str()),
        });
        answer.body.truncate(answer.body.len() - 1);
        answer.body.push_str(&format!(",\"data\":[{shown}]}}"));
        answer
    }
}
