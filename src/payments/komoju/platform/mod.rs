//! KOMOJU's Platform Model: one payment, divided between the sellers of a shop and the shop, which is their platform.
//!
//! The fact that surprises: `platform_details` is sent as an object and comes back as an array or as an object,
//! depending on where one looks. Both are read.
//!
//! Sources: "Platform Model" and "Webhooks (for Platform Model)" on <https://doc.komoju.com>.

mod events;

use crate::domain::{Attempt, BasketLine, Division, Share, divides};
use serde_json::{Value, json};

pub use events::read;

/// What must add up to a payment's amount. KOMOJU's pages differ, and the sum itself shows which of the two was meant: so
/// the shop says it in the documented way and, if that is refused, in the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// The amounts alone, each with its fee in it. This is what the page on the Platform Processing Model demands.
    Amounts,
    /// The amounts, which are what the sellers get, and the fees. In the example of "Webhooks (for Platform Model)" a
    /// payment of 5,000 is an amount of 3,000 and a fee of 2,000.
    AmountsAndFees,
}

/// `payment_data.platform_details` of a session; `None` when no seller has a part in it, or it is not in yen.
pub fn details(attempt: &Attempt, lines: &[BasketLine], sum: Sum) -> Option<Value> {
    if !divides(attempt.provider, attempt.amount.currency) {
        return None;
    }
    let shares = Division::of(lines)?.with_own_goods();
    let submerchants: Vec<Value> = shares
        .iter()
        .map(|share| {
            let amount = match sum {
                Sum::Amounts => share.amount_minor + share.fee_minor,
                Sum::AmountsAndFees => share.amount_minor,
            };
            json!({ "submerchant_id": share.seller, "amount": amount, "platform_fee": share.fee_minor })
        })
        .collect();
    Some(json!({ "submerchants": submerchants }))
}

/// The shares in the `platform_details` of a payment of `total_minor`, in the order of the sellers' names. What is no
/// share is left out: how a payment is divided is shown and compared, but never stands between a shopper and what was
/// paid for.
pub fn shares(details: &Value, total_minor: i64) -> Vec<Share> {
    let list = match details {
        Value::Array(list) => list.as_slice(),
        // The seller's own model has one seller, without a list.
        Value::Object(fields) => match fields.get("submerchants") {
            Some(Value::Array(list)) => list.as_slice(),
            _ => std::slice::from_ref(details),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => &[],
    };
    let mut shares: Vec<Share> = list.iter().filter_map(share).collect();
    let sum = shares.iter().try_fold(0_i64, |sum, share| sum.checked_add(share.amount_minor));
    if sum == Some(total_minor) {
        for share in &mut shares {
            share.amount_minor = share.amount_minor.saturating_sub(share.fee_minor);
        }
    }
    shares.sort_by(|one, other| one.seller.cmp(&other.seller));
    shares
}

fn share(entry: &Value) -> Option<Share> {
    Some(Share {
        seller: entry["submerchant_id"].as_str()?.to_owned(),
        amount_minor: whole(&entry["amount"])?,
        fee_minor: whole(&entry["platform_fee"]).unwrap_or(0),
    })
}

/// A whole number, which KOMOJU's documentation also shows as text.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests;
