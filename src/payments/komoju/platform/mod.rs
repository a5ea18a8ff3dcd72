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

/// `payment_data.platform_details` of a session; `None` when no seller has a part in it, or it is not in yen.
///
/// A seller's `amount` is what the seller gets, and `platform_fee` what the platform keeps of it: in KOMOJU's own example
/// a payment of 5,000 is an amount of 3,000 and a fee of 2,000. Together they must be the payment's amount, to the yen.
pub fn details(attempt: &Attempt, lines: &[BasketLine]) -> Option<Value> {
    if !divides(attempt.provider, attempt.amount.currency) {
        return None;
    }
    let shares = Division::of(lines)?.with_own_goods();
    let submerchants: Vec<Value> = shares
        .iter()
        .map(|share| {
            json!({ "submerchant_id": share.seller, "amount": share.amount_minor, "platform_fee": share.fee_minor })
        })
        .collect();
    Some(json!({ "submerchants": submerchants }))
}

/// The shares in a payment's `platform_details`, in the order of the sellers' names. What is no share is left out: how a
/// payment is divided is shown and compared, but never stands between a shopper and what was paid for.
pub fn shares(details: &Value) -> Vec<Share> {
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
