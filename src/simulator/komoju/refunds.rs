//! Money given back, by the merchant or by the customer's bank.

use super::api::{Answer, Call};
use super::error::Refusal;
use super::model::{Details, Payment, PaymentStatus, Refund, RefundRequest};
use super::platform::{self, Split};
use super::switches::{OVER_REFUND, REFUND_ON_KONBINI, REFUND_REQUEST_ANSWER};
use super::webhook::announce;
use super::{payments, webhook};
use crate::simulator::state::World;
use crate::simulator::{form, ids};

/// How a refund request stands.
const PENDING: &str = "pending";
pub const COMPLETED: &str = "completed";
pub const REJECTED: &str = "rejected";

/// `POST /payments/{id}/refund`: all that is left, or a part.
pub fn refund(world: &mut World<'_>, id: &str, call: &Call) -> Result<Answer, Refusal> {
    let payment = world.state.komoju.payment(id).ok_or_else(Refusal::not_found)?;
    let by_transfer = is_refunded_by_transfer(payment);
    if by_transfer && world.state.switches.is(&REFUND_ON_KONBINI, "not_refundable") {
        return Err(Refusal::not_refundable());
    }
    let amount = read_amount(world, payment, call)?;
    let platform = platform::read(world.state, &call.body["platform_details"], "platform_details", amount)?;
    give_back(world, id, amount, form::text(&call.body["description"]), platform);
    payments::show(world, id, call.version)
}

/// `POST /payments/{id}/refund_request`: back to a bank account, some days later.
pub fn request(world: &mut World<'_>, id: &str, call: &Call) -> Result<Answer, Refusal> {
    let payment = world.state.komoju.payment(id).ok_or_else(Refusal::not_found)?;
    if !is_refunded_by_transfer(payment) {
        return Err(Refusal::not_refundable());
    }
    let amount = read_amount(world, payment, call)?;
    let needed = |name: &str| form::text(&call.body[name]).ok_or_else(|| Refusal::missing(name));
    let request = RefundRequest {
        id: ids::id(),
        amount,
        customer_name: needed("customer_name")?,
        bank_name: needed("bank_name")?,
        bank_code: form::text(&call.body["bank_code"]),
        branch_name: form::text(&call.body["branch_name"]),
        branch_number: needed("branch_number")?,
        account_number: needed("account_number")?,
        description: form::text(&call.body["description"]),
        status: PENDING.to_owned(),
        created_at: world.now,
        platform: platform::read(world.state, &call.body["platform_details"], "platform_details", amount)?,
    };
    if let Some(payment) = world.state.komoju.payment_mut(id) {
        payment.refund_requests.push(request);
    }
    let status = world.state.switches.value(&REFUND_REQUEST_ANSWER).parse().unwrap_or(204);
    Ok(Answer { status, body: String::new() })
}

/// Carries out the oldest refund request that still waits. `false` when none does.
pub fn complete_request(world: &mut World<'_>, id: &str) -> bool {
    let Some(payment) = world.state.komoju.payment_mut(id) else { return false };
    let left = payment.left();
    let waiting = payment.refund_requests.iter_mut().find(|request| request.status == PENDING);
    let Some(request) = waiting.filter(|request| request.amount <= left) else { return false };
    request.status = COMPLETED.to_owned();
    let request = request.clone();
    webhook::announce_request(world, id, &request.id);
    give_back(world, id, request.amount, request.description, request.platform);
    true
}

/// Rejects the oldest refund request that still waits. `false` when none does.
pub fn reject_request(world: &mut World<'_>, id: &str) -> bool {
    let Some(payment) = world.state.komoju.payment_mut(id) else { return false };
    let waiting = payment.refund_requests.iter_mut().find(|request| request.status == PENDING);
    let Some(request) = waiting else { return false };
    request.status = REJECTED.to_owned();
    let request = request.id.clone();
    webhook::announce_request(world, id, &request);
    true
}

/// The customer's bank takes back all that is left. `false` when nothing is.
pub fn charge_back(world: &mut World<'_>, id: &str) -> bool {
    let left = world.state.komoju.payment(id).filter(|payment| is_refundable(payment)).map(Payment::left);
    let Some(amount) = left.filter(|left| *left > 0) else { return false };
    let description = Some("Chargeback".to_owned());
    let created_at = world.now;
    add(world, id, Refund { id: ids::id(), amount, description, created_at, chargeback: true, platform: None });
    true
}

/// Gives a part back without a call of the API: the page's button. `false` when that much is not left.
pub fn by_hand(world: &mut World<'_>, id: &str, amount: Option<i64>) -> bool {
    let left = world.state.komoju.payment(id).filter(|payment| is_refundable(payment)).map_or(0, Payment::left);
    let amount = amount.unwrap_or(left);
    if !(1..=left).contains(&amount) {
        return false;
    }
    give_back(world, id, amount, None, None);
    true
}

fn give_back(world: &mut World<'_>, id: &str, amount: i64, description: Option<String>, platform: Option<Split>) {
    let refund = Refund { id: ids::id(), amount, description, created_at: world.now, chargeback: false, platform };
    add(world, id, refund);
}

/// One refund causes two events when it was the last one: `payment.refund.created` and `payment.refunded`.
fn add(world: &mut World<'_>, id: &str, refund: Refund) {
    let Some(payment) = world.state.komoju.payment_mut(id) else { return };
    payment.refunds.push(refund);
    let all = payment.left() <= 0;
    if all {
        payment.status = PaymentStatus::Refunded;
    }
    announce(world, id, "payment.refund.created");
    if all {
        announce(world, id, "payment.refunded");
    }
}

fn read_amount(world: &World<'_>, payment: &Payment, call: &Call) -> Result<i64, Refusal> {
    if !is_refundable(payment) {
        return Err(Refusal::not_refundable());
    }
    if form::text(&call.body["amount"]).is_none() {
        return Ok(payment.left());
    }
    let amount = form::whole(&call.body["amount"]).filter(|amount| *amount > 0);
    let amount = amount.ok_or_else(|| Refusal::invalid("amount", "it must be a whole number from 1"))?;
    if amount > payment.left() {
        let invalid = world.state.switches.is(&OVER_REFUND, "invalid_parameter");
        let too_much = Refusal::invalid("amount", "it is more than is left");
        return Err(if invalid { too_much } else { Refusal::not_refundable() });
    }
    Ok(amount)
}

fn is_refundable(payment: &Payment) -> bool {
    payment.status == PaymentStatus::Captured
}

fn is_refunded_by_transfer(payment: &Payment) -> bool {
    matches!(payment.details, Details::Konbini { .. } | Details::BankTransfer { .. })
}
