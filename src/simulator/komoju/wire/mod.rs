//! The answers' bodies, field by field in the order of KOMOJU's own samples. Nothing else in the crate shares these types.

mod method;
mod platform;
mod refund;

use super::model::{Details, Payment, PaymentStatus, Session, SessionStatus};
use super::switches::{DEFAULT_API_VERSION, EXPIRED_SESSION_STATUS};
use crate::domain::Timestamp;
use crate::simulator::switches::Switches;
use crate::simulator::times;
use method::MethodBody;
use platform::SplitBody;
use refund::{CaptureBody, RefundBody};
pub use refund::{RefundRequestBody, request as refund_request};
use serde::Serialize;
use std::collections::BTreeMap;

/// The two versions of the API that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The part of a held card that was not captured looks like a refund.
    V2024,
    /// Payments list their captures instead.
    V2025,
}

impl Version {
    pub fn from_code(code: &str) -> Option<Version> {
        match code {
            "2024-07-15" => Some(Version::V2024),
            "2025-01-28" => Some(Version::V2025),
            _ => None,
        }
    }

    /// What answers when the request names none, and what webhooks are written in.
    pub fn default_of(switches: &Switches) -> Version {
        Version::from_code(switches.value(&DEFAULT_API_VERSION)).unwrap_or(Version::V2025)
    }
}

#[derive(Serialize)]
pub struct SessionBody<'a> {
    id: &'a str,
    resource: &'static str,
    mode: &'static str,
    amount: i64,
    currency: &'a str,
    session_url: String,
    return_url: Option<&'a str>,
    default_locale: &'a str,
    payment_methods: Vec<MethodBody>,
    created_at: String,
    cancelled_at: Option<String>,
    completed_at: Option<String>,
    status: &'a str,
    expired: bool,
    metadata: &'a BTreeMap<String, String>,
    payment: Option<PaymentBody<'a>>,
    secure_token: Option<()>,
    merchant: Merchant,
    payment_data: PaymentData<'a>,
    line_items: &'a [super::model::LineItem],
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

#[derive(Serialize)]
struct Merchant {
    name: &'static str,
}

#[derive(Serialize)]
struct PaymentData<'a> {
    capture: &'static str,
    external_order_num: Option<&'a str>,
    name: Option<&'a str>,
    name_kana: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_details: Option<SplitBody<'a>>,
}

/// Where, when and by whose rules a body is written.
pub struct Paper<'a> {
    pub base_url: &'a str,
    pub now: Timestamp,
    pub switches: &'a Switches,
    pub version: Version,
}

pub fn session<'a>(session: &'a Session, payment: Option<&'a Payment>, paper: &'a Paper<'a>) -> SessionBody<'a> {
    let expired = session.is_expired(paper.now);
    SessionBody {
        id: &session.id,
        resource: "session",
        mode: "payment",
        amount: session.amount,
        currency: &session.currency,
        session_url: super::page_url(paper.base_url, &session.id),
        return_url: session.return_url.as_deref(),
        default_locale: &session.locale,
        payment_methods: session.methods.iter().map(|method| method::body(*method, session)).collect(),
        created_at: times::tokyo(session.created_at),
        cancelled_at: session.cancelled_at.map(times::tokyo),
        completed_at: session.completed_at.map(times::tokyo),
        status: match session.status {
            SessionStatus::Pending if expired => paper.switches.value(&EXPIRED_SESSION_STATUS),
            SessionStatus::Pending => "pending",
            SessionStatus::Completed => "completed",
            SessionStatus::Cancelled => "cancelled",
        },
        expired,
        metadata: &session.metadata,
        payment: payment.map(|payment| self::payment(payment, paper.switches, paper.version)),
        secure_token: None,
        merchant: Merchant { name: super::MERCHANT },
        payment_data: PaymentData {
            capture: if session.manual_capture { "manual" } else { "auto" },
            external_order_num: session.external_order_num.as_deref(),
            name: session.name.as_deref(),
            name_kana: session.name_kana.as_deref(),
            platform_details: platform::details(session.platform.as_ref(), paper.switches),
        },
        line_items: &session.line_items,
        email: session.email.as_deref(),
    }
}

#[derive(Serialize)]
pub struct PaymentBody<'a> {
    id: &'a str,
    resource: &'static str,
    status: PaymentStatus,
    amount: i64,
    tax: i64,
    customer: Option<()>,
    payment_deadline: String,
    payment_details: &'a Details,
    payment_method_fee: i64,
    total: i64,
    currency: &'a str,
    description: Option<&'a str>,
    captured_at: Option<String>,
    external_order_num: Option<&'a str>,
    metadata: &'a BTreeMap<String, String>,
    created_at: String,
    amount_refunded: i64,
    locale: &'a str,
    session: &'a str,
    customer_family_name: Option<()>,
    customer_given_name: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_details: Option<SplitBody<'a>>,
    mcc: Option<()>,
    statement_descriptor: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    captures: Option<Vec<CaptureBody>>,
    refunds: Vec<RefundBody<'a>>,
    refund_requests: Vec<RefundRequestBody<'a>>,
}

pub fn payment<'a>(payment: &'a Payment, switches: &Switches, version: Version) -> PaymentBody<'a> {
    let mut refunds: Vec<RefundBody<'_>> =
        payment.refunds.iter().map(|refund| refund::refund(refund, payment, switches)).collect();
    let mut amount_refunded = payment.refunded();
    let uncaptured = payment.captured_amount.map_or(0, |captured| payment.amount - captured);
    if version == Version::V2024 && uncaptured > 0 {
        amount_refunded += uncaptured;
        refunds.insert(0, refund::uncaptured(payment, uncaptured));
    }
    PaymentBody {
        id: &payment.id,
        resource: "payment",
        status: payment.status,
        amount: payment.amount,
        tax: 0,
        customer: None,
        payment_deadline: times::utc(payment.deadline),
        payment_details: &payment.details,
        payment_method_fee: payment.fee,
        total: payment.total(),
        currency: &payment.currency,
        description: payment.description.as_deref(),
        captured_at: payment.captured_at.map(times::utc),
        external_order_num: payment.external_order_num.as_deref(),
        metadata: &payment.metadata,
        created_at: times::utc(payment.created_at),
        amount_refunded,
        locale: &payment.locale,
        session: &payment.session,
        customer_family_name: None,
        customer_given_name: None,
        platform_details: platform::details(payment.platform.as_ref(), switches),
        mcc: None,
        statement_descriptor: None,
        captures: (version == Version::V2025).then(|| refund::captures(payment)),
        refunds,
        refund_requests: payment
            .refund_requests
            .iter()
            .map(|request| refund::request(request, payment, switches))
            .collect(),
    }
}
