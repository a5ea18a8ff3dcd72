//! The answers' bodies, field by field in the order of the published examples. Nothing else in the crate shares these
//! types. Sessions are documented; the fields of payments are only known in part, and those of refunds not at all.

use super::model::{Payment, PaymentStatus, Refund, Session, SessionStatus};
use super::switches::{
    CURRENCY_CASE, HELD_PAYMENT_STATUS, PAYMENT_NAMES_SESSION, REFUNDED_PAYMENT_STATUS, SESSION_IN_EVENTS,
    SESSION_NAMES_PAYMENT,
};
use crate::domain::Timestamp;
use crate::simulator::state::State;
use crate::simulator::switches::Switches;
use crate::simulator::times;
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionBody<'a> {
    id: &'a str,
    amount: i64,
    created: String,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_details: Option<&'a Map<String, Value>>,
    expires_at: String,
    failure_url: &'a str,
    locale: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_reference_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Map<String, Value>>,
    payment_data: PaymentData,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<&'a str>,
    payment_status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payments: Option<[Named<'a>; 1]>,
    status: &'static str,
    success_url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentData {
    capture_method: &'static str,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
}

/// As an answer of the API: all fields, but no address to pay at once the session has expired.
pub fn session<'a>(session: &'a Session, state: &'a State) -> SessionBody<'a> {
    let expired = session.status == SessionStatus::Expired;
    let switches = &state.switches;
    let payment = state.bpc.payment_of(session);
    let name = |choice: &str| {
        payment.filter(|_| switches.is(&SESSION_NAMES_PAYMENT, choice)).map(|payment| payment.id.as_str())
    };
    SessionBody {
        id: &session.id,
        amount: session.amount,
        created: times::utc(session.created_at),
        currency: currency(&session.currency, switches),
        customer_details: Some(&session.customer_details),
        expires_at: times::utc(session.expires_at),
        failure_url: &session.failure_url,
        locale: session.locale.to_ascii_uppercase(),
        merchant_reference_id: Some(&session.merchant_reference),
        metadata: Some(&session.metadata),
        payment_data: PaymentData { capture_method: capture_method(session) },
        payment_id: name("paymentId"),
        payment_status: payment_status(session, payment, switches),
        payment_url: (!expired).then_some(session.payment_url.as_str()),
        payments: name("payments").map(|id| [Named { id }]),
        status: session.status.code(),
        success_url: &session.success_url,
    }
}

/// As in a webhook: other time and locale formats, an address even when expired, and by the switch fewer fields.
pub fn session_in_event<'a>(session: &'a Session, state: &'a State) -> SessionBody<'a> {
    let short = state.switches.is(&SESSION_IN_EVENTS, "short");
    let body = self::session(session, state);
    SessionBody {
        created: offset_time(session.created_at),
        expires_at: offset_time(session.expires_at),
        locale: session.locale.to_ascii_lowercase(),
        payment_url: Some(&session.payment_url),
        customer_details: body.customer_details.filter(|_| !short),
        merchant_reference_id: body.merchant_reference_id.filter(|_| !short),
        metadata: body.metadata.filter(|_| !short),
        ..body
    }
}

/// `2022-02-17T16:30:55+00:00`
pub fn offset_time(at: Timestamp) -> String {
    times::utc(at).replace('Z', "+00:00")
}

fn payment_status<'a>(session: &Session, payment: Option<&Payment>, switches: &'a Switches) -> &'a str {
    let Some(payment) = payment.filter(|_| session.status == SessionStatus::Completed) else { return "unpaid" };
    match payment.status {
        PaymentStatus::Succeeded if payment.left() == 0 => switches.value(&REFUNDED_PAYMENT_STATUS),
        PaymentStatus::Succeeded => "paid",
        PaymentStatus::RequiresCapture => switches.value(&HELD_PAYMENT_STATUS),
        PaymentStatus::RequiresPaymentMethod
        | PaymentStatus::RequiresAction
        | PaymentStatus::Failed
        | PaymentStatus::Canceled => "unpaid",
    }
}

fn capture_method(session: &Session) -> &'static str {
    if session.manual_capture { "manual" } else { "automatic" }
}

fn currency(sent: &str, switches: &Switches) -> String {
    match switches.value(&CURRENCY_CASE) {
        "lower" => sent.to_ascii_lowercase(),
        "upper" => sent.to_ascii_uppercase(),
        _ => sent.to_owned(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentBody<'a> {
    id: &'a str,
    amount: i64,
    amount_capturable: i64,
    amount_captured: i64,
    amount_refunded: i64,
    capture_method: &'static str,
    created: String,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_reference_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a str>,
    status: PaymentStatus,
}

pub fn payment<'a>(payment: &'a Payment, state: &'a State) -> PaymentBody<'a> {
    let switches = &state.switches;
    // Sessions are forgotten oldest first, and a payment is never older than its own.
    let session = state.bpc.session(&payment.session);
    let names_session = !switches.is(&PAYMENT_NAMES_SESSION, "off");
    PaymentBody {
        id: &payment.id,
        amount: payment.amount,
        amount_capturable: payment.capturable,
        amount_captured: payment.captured,
        amount_refunded: payment.refunded,
        capture_method: session.map_or("automatic", capture_method),
        created: times::utc(payment.created_at),
        currency: session.map(|session| currency(&session.currency, switches)).unwrap_or_default(),
        merchant_reference_id: session.map(|session| session.merchant_reference.as_str()),
        session_id: names_session.then_some(&payment.session),
        status: payment.status,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundBody<'a> {
    id: &'a str,
    amount: i64,
    created: String,
    currency: String,
    payment_id: &'a str,
    status: &'static str,
}

pub fn refund<'a>(refund: &'a Refund, payment: &'a Payment, state: &'a State) -> RefundBody<'a> {
    let session = state.bpc.session(&payment.session);
    RefundBody {
        id: &refund.id,
        amount: refund.amount,
        created: times::utc(refund.created_at),
        currency: session.map(|session| currency(&session.currency, &state.switches)).unwrap_or_default(),
        payment_id: &refund.payment,
        status: "succeeded",
    }
}
