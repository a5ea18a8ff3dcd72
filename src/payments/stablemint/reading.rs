//! What StableMint's webhooks mean, in the words of each generation of its documentation.

use super::wire::{Deposit, Event};
use crate::domain::{Currency, Money};
use crate::payments::{Charge, News, Notice, Stage, Standing, Subject, Unreadable};
use crate::server::token;

pub fn notice(body: &[u8]) -> Result<Notice, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
    let event: Event = serde_json::from_slice(body).map_err(unreadable)?;
    let (event_id, deposit) = match event.data {
        Some(deposit) => (event.event_id, deposit),
        None => (None, serde_json::from_slice(body).map_err(unreadable)?),
    };
    let subject = subject(&deposit);
    let news = match stage(&deposit.notification_type) {
        Some(stage) => News::Standing(standing(&deposit, stage)?),
        None => News::Nothing,
    };
    // Flat bodies have no id of their event: the same bytes are the same event.
    let dedupe_key =
        event_id.unwrap_or_else(|| format!("{}/{}", deposit.notification_type, token::fingerprint_of(body)));
    Ok(Notice { dedupe_key, event: deposit.notification_type, subject, news })
}

/// Our own reference first. That the webhook's `reference` is the one that creating the session answered is documented
/// nowhere.
fn subject(deposit: &Deposit) -> Option<Subject> {
    let ours = deposit.website_reference.clone().or_else(|| deposit.idempotency_key.clone());
    ours.map(Subject::Attempt).or_else(|| deposit.reference.clone().map(Subject::Session))
}

/// `None`: not about a payment of ours. Money that was matched but is not available yet is a beginning, not an end.
fn stage(event: &str) -> Option<Stage> {
    match event {
        "InwardPaymentReconciled" => Some(Stage::Paid),
        "InwardPaymentFailed" => Some(Stage::Declined),
        _ => match event.strip_prefix("partner.customer.deposit.")? {
            "created" | "initiated" | "submitted" | "reconciled" => Some(Stage::Pending),
            "accepted" | "completed" => Some(Stage::Paid),
            "failed" => Some(Stage::Declined),
            _ => None,
        },
    }
}

fn standing(deposit: &Deposit, stage: Stage) -> Result<Standing, Unreadable> {
    let names = [&deposit.payment_reference, &deposit.reference, &deposit.session_id];
    let standing = Standing {
        payment: names.into_iter().flatten().next().cloned(),
        reference: deposit.website_reference.clone(),
        ..Standing::only(stage)
    };
    if stage != Stage::Paid {
        return Ok(standing);
    }
    let (Some(amount), Some(code)) = (&deposit.amount, &deposit.currency) else {
        return Err(Unreadable("a payment without amount or currency".to_owned()));
    };
    let currency = Currency::from_code(code);
    // A currency that no market has is counted in hundredths, for a person to read; it covers nothing.
    let read_as = currency.unwrap_or(Currency::Eur);
    let money = Money::from_decimal(amount.get().trim_matches('"'), read_as)
        .ok_or_else(|| Unreadable(format!("the amount {} is no amount of {code}", amount.get())))?;
    let charged = Charge { minor: money.minor, currency: code.to_ascii_uppercase() };
    Ok(Standing { covers: currency.map(|_| money), charged: Some(charged), ..standing })
}
