//! The parts of a payment's body that are about money taken and given back.

use super::platform::{self, SplitBody};
use crate::simulator::komoju::model::{Payment, Refund, RefundRequest};
use crate::simulator::switches::Switches;
use crate::simulator::times;
use serde::Serialize;

#[derive(Serialize)]
pub struct RefundBody<'a> {
    id: &'a str,
    resource: &'static str,
    amount: i64,
    currency: &'a str,
    payment: &'a str,
    description: Option<&'a str>,
    created_at: String,
    chargeback: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_details: Option<SplitBody<'a>>,
}

pub fn refund<'a>(refund: &'a Refund, payment: &'a Payment, switches: &Switches) -> RefundBody<'a> {
    RefundBody {
        id: &refund.id,
        resource: "refund",
        amount: refund.amount,
        currency: &payment.currency,
        payment: &payment.id,
        description: refund.description.as_deref(),
        created_at: times::utc(refund.created_at),
        chargeback: refund.chargeback,
        platform_details: platform::details(refund.platform.as_ref(), switches),
    }
}

/// What version 2024-07-15 makes of the part of a held card that was let go. Its name is the payment's own: there is no
/// refund behind it.
pub fn uncaptured(payment: &Payment, amount: i64) -> RefundBody<'_> {
    RefundBody {
        id: &payment.id,
        resource: "refund",
        amount,
        currency: &payment.currency,
        payment: &payment.id,
        description: None,
        created_at: times::utc(payment.captured_at.unwrap_or(payment.created_at)),
        chargeback: false,
        platform_details: None,
    }
}

#[derive(Serialize)]
pub struct RefundRequestBody<'a> {
    id: &'a str,
    payment: &'a str,
    amount: i64,
    customer_name: &'a str,
    bank_name: &'a str,
    bank_code: Option<&'a str>,
    branch_name: Option<&'a str>,
    branch_number: &'a str,
    account_number: &'a str,
    description: Option<&'a str>,
    status: &'a str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_details: Option<SplitBody<'a>>,
}

pub fn request<'a>(request: &'a RefundRequest, payment: &'a Payment, switches: &Switches) -> RefundRequestBody<'a> {
    RefundRequestBody {
        id: &request.id,
        payment: &payment.id,
        amount: request.amount,
        customer_name: &request.customer_name,
        bank_name: &request.bank_name,
        bank_code: request.bank_code.as_deref(),
        branch_name: request.branch_name.as_deref(),
        branch_number: &request.branch_number,
        account_number: &request.account_number,
        description: request.description.as_deref(),
        status: &request.status,
        created_at: times::utc(request.created_at),
        platform_details: platform::details(request.platform.as_ref(), switches),
    }
}

#[derive(Serialize)]
pub struct CaptureBody {
    resource: &'static str,
    amount: i64,
    created_at: String,
}

/// The one capture of a payment that was captured.
pub fn captures(payment: &Payment) -> Vec<CaptureBody> {
    let capture = |at| CaptureBody {
        resource: "capture",
        amount: payment.captured_amount.unwrap_or(payment.amount),
        created_at: times::utc(at),
    };
    payment.captured_at.map(capture).into_iter().collect()
}
