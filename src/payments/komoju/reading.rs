//! What KOMOJU's sessions and payments mean: the session decides what was asked, its payment what happened.

use super::{platform, wire};
use crate::domain::{Currency, Instructions, Money};
use crate::payments::{Charge, MadeBy, Refunded, Stage, Standing, Unreadable, http};

/// The session decides what was asked, its payment what happened.
pub fn standing_of_session(session: &wire::Session) -> Result<Standing, Unreadable> {
    let Some(payment) = &session.payment else {
        let stage = match session.status {
            wire::SessionStatus::Cancelled => Stage::Cancelled,
            wire::SessionStatus::Expired => Stage::Expired,
            wire::SessionStatus::Pending | wire::SessionStatus::Completed if session.expired => Stage::Expired,
            wire::SessionStatus::Pending | wire::SessionStatus::Completed => Stage::Pending,
        };
        return Ok(Standing::only(stage));
    };
    let mut standing = standing(payment)?;
    if matches!(standing.stage, Stage::Pending | Stage::Declined) {
        // A payment that was tried and failed; whether it can still be tried is the session's to say.
        standing.stage = match session.status {
            wire::SessionStatus::Cancelled => Stage::Cancelled,
            wire::SessionStatus::Expired => Stage::Expired,
            wire::SessionStatus::Pending | wire::SessionStatus::Completed if session.expired => Stage::Expired,
            wire::SessionStatus::Pending | wire::SessionStatus::Completed => standing.stage,
        };
    }
    if quoted(session, payment) {
        let currency = session.currency.as_deref().and_then(Currency::from_code);
        standing.covers = session.amount.zip(currency).map(|(minor, currency)| Money::new(minor, currency));
    }
    Ok(standing)
}

/// Whether the payment was made out for what the session announced for its method: a method that only takes yen turns
/// a session in pounds into a payment in yen.
fn quoted(session: &wire::Session, payment: &wire::Payment) -> bool {
    session.payment_methods.iter().any(|method| {
        method.kind == payment.payment_details.kind
            && method.amount == Some(payment.amount)
            && method.currency.as_deref().is_some_and(|currency| currency.eq_ignore_ascii_case(&payment.currency))
    })
}

pub fn standing(payment: &wire::Payment) -> Result<Standing, Unreadable> {
    let stage = match payment.status {
        wire::PaymentStatus::Pending => Stage::Pending,
        wire::PaymentStatus::Authorized => Stage::Authorised,
        // "Refunded" was captured once: the order needs to have been paid before it can be refunded.
        wire::PaymentStatus::Captured | wire::PaymentStatus::Refunded => Stage::Paid,
        wire::PaymentStatus::Failed => Stage::Declined,
        wire::PaymentStatus::Cancelled => Stage::Cancelled,
        wire::PaymentStatus::Expired => Stage::Expired,
    };
    let charged = Charge { minor: payment.amount, currency: payment.currency.to_ascii_uppercase() };
    let covers = Currency::from_code(&payment.currency).map(|currency| Money::new(payment.amount, currency));
    let instructions = if stage == Stage::Authorised { instructions(payment)? } else { None };
    let refunded = matches!(payment.status, wire::PaymentStatus::Refunded);
    let name = Some(payment.id.clone());
    let shares = platform::shares(&payment.platform_details, payment.amount);
    Ok(Standing {
        payment: name,
        covers,
        charged: Some(charged),
        refunded,
        refunds: Some(refunds(payment)),
        instructions,
        shares,
        ..Standing::only(stage)
    })
}

fn instructions(payment: &wire::Payment) -> Result<Option<Instructions>, Unreadable> {
    let details = &payment.payment_details;
    let line = |label: &str, value: &Option<String>| value.clone().map(|value| (label.to_owned(), value));
    let (heading, lines) = match details.kind.as_str() {
        "konbini" => (
            format!("Pay at {}", details.store.as_deref().map_or("the convenience store", store_name)),
            vec![line("Receipt number", &details.receipt), line("Confirmation number", &details.confirmation_code)],
        ),
        "bank_transfer" => (
            "Transfer the amount to this account".to_owned(),
            vec![
                line("Bank", &details.bank_name),
                line("Branch", &details.account_branch_name),
                line("Account type", &details.account_type),
                line("Account number", &details.account_number),
                line("Account holder", &details.account_name),
                line("Reference", &details.order_id),
            ],
        ),
        _ => return Ok(None),
    };
    let currency = Currency::from_code(&payment.currency)
        .ok_or_else(|| Unreadable(format!("a slip in {:?}", payment.currency)))?;
    Ok(Some(Instructions {
        heading,
        lines: lines.into_iter().flatten().collect(),
        total: Money::new(payment.total, currency),
        fee: Money::new(payment.payment_method_fee, currency),
        deadline: [&payment.payment_deadline, &details.payment_deadline]
            .into_iter()
            .flatten()
            .find_map(|at| http::moment(at)),
        url: details.instructions_url.clone(),
    }))
}

/// The stores' slugs as KOMOJU writes them.
fn store_name(slug: &str) -> &str {
    match slug {
        "seven-eleven" => "Seven-Eleven",
        "lawson" => "Lawson",
        "family-mart" => "FamilyMart",
        "ministop" => "Ministop",
        "daily-yamazaki" => "Daily Yamazaki",
        "seicomart" => "Seicomart",
        other => other,
    }
}

pub fn refunds(payment: &wire::Payment) -> Vec<Refunded> {
    let refunded = |refund: &wire::Refund| Refunded {
        id: refund.id.clone(),
        amount: Charge { minor: refund.amount, currency: refund.currency.to_ascii_uppercase() },
        chargeback: refund.chargeback,
        // What the shop asks for has its key as description.
        made_by: refund.description.clone().map_or(MadeBy::Others, MadeBy::Key),
    };
    payment.refunds.iter().map(refunded).collect()
}
