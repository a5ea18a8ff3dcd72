//! Payments and refunds over the API. How refunds are made is not documented: their address is a switch.

use super::api::{Worked, made, shown};
use super::error::Refusal;
use super::model::{Payment, PaymentStatus, Refund};
use super::switches::{PARTIAL_REFUND, REFUND_ENDPOINT, REFUND_EVENT};
use super::{names, pay, webhook, wire};
use crate::simulator::state::World;
use serde_json::Value;

pub fn show(world: &mut World<'_>, id: &str) -> Worked {
    let payment = world.state.bpc.payment(id).ok_or_else(Refusal::not_found)?;
    shown(&wire::payment(payment, world.state))
}

pub fn capture(world: &mut World<'_>, id: &str, body: &Value) -> Worked {
    let payment = world.state.bpc.payment(id).ok_or_else(Refusal::not_found)?;
    let part = amount(body)?;
    if part.is_some_and(|part| part > payment.capturable) && payment.status == PaymentStatus::RequiresCapture {
        return Err(Refusal::invalid("amount", "is more than can be captured"));
    }
    if !pay::capture(world, id, part) {
        return Err(Refusal::conflict("The payment cannot be captured"));
    }
    let payment = world.state.bpc.payment(id).ok_or_else(Refusal::not_found)?;
    made(&world.state.switches, &wire::payment(payment, world.state))
}

pub fn cancel(world: &mut World<'_>, id: &str) -> Worked {
    world.state.bpc.payment(id).ok_or_else(Refusal::not_found)?;
    if !pay::cancel(world, id) {
        return Err(Refusal::conflict("The payment cannot be cancelled"));
    }
    show(world, id)
}

/// `POST /refunds {"paymentId", "amount"}`
pub fn refund(world: &mut World<'_>, body: &Value) -> Worked {
    if !world.state.switches.is(&REFUND_ENDPOINT, "refunds") {
        return Err(Refusal::not_found());
    }
    let payment = body["paymentId"].as_str().ok_or_else(|| Refusal::missing("paymentId"))?.to_owned();
    give_back_over_api(world, &payment, body)
}

/// `POST /payments/{id}/refund {"amount"}`
pub fn refund_at_payment(world: &mut World<'_>, id: &str, body: &Value) -> Worked {
    if !world.state.switches.is(&REFUND_ENDPOINT, "payment_refund") {
        return Err(Refusal::not_found());
    }
    give_back_over_api(world, id, body)
}

pub fn show_refund(world: &mut World<'_>, id: &str) -> Worked {
    let state = &*world.state;
    let refund = state.bpc.refund(id).ok_or_else(Refusal::not_found)?;
    let payment = state.bpc.payment(&refund.payment).ok_or_else(Refusal::not_found)?;
    shown(&wire::refund(refund, payment, state))
}

fn give_back_over_api(world: &mut World<'_>, payment: &str, body: &Value) -> Worked {
    let part = amount(body)?;
    let paid = world.state.bpc.payment(payment).ok_or_else(Refusal::not_found)?;
    let left = left(paid);
    if part.is_some_and(|part| part < left) && world.state.switches.is(&PARTIAL_REFUND, "refused") {
        return Err(Refusal::invalid("amount", "must be all of the payment"));
    }
    if part.is_some_and(|part| part > left) {
        return Err(Refusal::invalid("amount", "is more than is left"));
    }
    let id = give_back(world, payment, part).ok_or_else(|| Refusal::conflict("The payment cannot be refunded"))?;
    let state = &*world.state;
    let refund = state.bpc.refund(&id).ok_or_else(Refusal::not_found)?;
    let payment = state.bpc.payment(payment).ok_or_else(Refusal::not_found)?;
    made(&state.switches, &wire::refund(refund, payment, state))
}

/// Gives back all that is left, or a part; the refund's name. `None` when that much is not left.
pub fn give_back(world: &mut World<'_>, payment: &str, part: Option<i64>) -> Option<String> {
    let created_at = world.now;
    let paid = world.state.bpc.payment_mut(payment)?;
    let left = left(paid);
    let amount = part.unwrap_or(left);
    if !(1..=left).contains(&amount) {
        return None;
    }
    paid.refunded += amount;
    let id = names::refund();
    world.state.bpc.add_refund(Refund { id: id.clone(), payment: payment.to_owned(), amount, created_at });
    let event = world.state.switches.value(&REFUND_EVENT).to_owned();
    if event != "none" {
        webhook::announce(world, &id, &event);
    }
    Some(id)
}

fn left(payment: &Payment) -> i64 {
    if payment.status == PaymentStatus::Succeeded { payment.left() } else { 0 }
}

/// A part in minor units; `None` for all.
fn amount(body: &Value) -> Result<Option<i64>, Refusal> {
    match &body["amount"] {
        Value::Null => Ok(None),
        given => match given.as_i64().filter(|amount| *amount > 0) {
            Some(amount) => Ok(Some(amount)),
            None => Err(Refusal::invalid("amount", "must be a whole number of minor units above 0")),
        },
    }
}
