//! KOMOJU's Platform Model: payments that are shared between a platform and its sellers, whom KOMOJU calls
//! sub-merchants.
//!
//! Here is how a payment is shared. [`sellers`] has the sellers and their applications, [`settlements`] what each is
//! paid out, [`control`] the buttons and controls, [`page`] their place on the page.

pub mod control;
pub mod page;
pub mod sellers;
pub mod settlements;

use super::error::Refusal;
use super::switches::{PLATFORM_SUM, UNAPPROVED_SELLER};
use crate::simulator::form;
use crate::simulator::state::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who gets what of an amount, as `platform_details` says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// The seller that is credited first and pays KOMOJU's fee; `None` when the platform is.
    pub processing_merchant: Option<String>,
    /// Whether the platform's fees come on top of the amounts; otherwise they are part of them.
    pub fees_on_top: bool,
    pub shares: Vec<Share>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub seller: String,
    pub amount: i64,
    /// What the platform keeps of it.
    pub fee: i64,
}

/// Reads `platform_details`: an object with `submerchants`, or the list alone. `None` when there is none.
///
/// # Errors
/// When a seller is unknown or named twice, when a number is none, and when the amounts do not add up to the total.
pub fn read(state: &State, given: &Value, param: &str, total: i64) -> Result<Option<Split>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    let invalid = |why: &str| Refusal::invalid(param, why);
    let processing_merchant = form::text(&given["processing_merchant_id"]);
    let listed = if given["submerchants"].is_null() { given } else { &given["submerchants"] };
    let mut shares: Vec<Share> = Vec::new();
    let alone = processing_merchant.is_some() && form::as_list(listed).len() == 1;
    for entry in form::as_list(listed) {
        let share = read_share(entry, alone.then_some(total)).map_err(invalid)?;
        may_sell(state, &share.seller).map_err(invalid)?;
        if shares.iter().any(|other| other.seller == share.seller) {
            return Err(invalid("a submerchant is named twice"));
        }
        shares.push(share);
    }
    if shares.is_empty() {
        return Err(invalid("it must have submerchants"));
    }
    if let Some(seller) = &processing_merchant {
        may_sell(state, seller).map_err(invalid)?;
    }
    let fees_on_top = alone || state.switches.is(&PLATFORM_SUM, "amounts_and_fees");
    let part = |share: &Share| if fees_on_top { share.amount.saturating_add(share.fee) } else { share.amount };
    let sum = shares.iter().map(part).fold(0, i64::saturating_add);
    if sum != total {
        return Err(invalid(&format!("the amounts add up to {sum} and not to {total}")));
    }
    Ok(Some(Split { processing_merchant, fees_on_top, shares }))
}

/// A seller that takes a payment alone need not say the amount: it is the total less the platform's fee, as in KOMOJU's
/// sample of such an event.
fn read_share(entry: &Value, total: Option<i64>) -> Result<Share, &'static str> {
    let seller = form::text(&entry["submerchant_id"]).ok_or("submerchant_id is missing")?;
    let number = |name: &str| match &entry[name] {
        Value::Null => Ok(None),
        given => form::whole(given).filter(|number| *number >= 0).map(Some).ok_or("amounts are whole numbers from 0"),
    };
    let fee = number("platform_fee")?.unwrap_or(0);
    let amount = match (number("amount")?, total) {
        (Some(amount), _) => amount,
        (None, Some(total)) => total.saturating_sub(fee),
        (None, None) => return Err("amount is missing"),
    };
    Ok(Share { seller, amount, fee })
}

fn may_sell(state: &State, seller: &str) -> Result<(), &'static str> {
    let seller = state.komoju.sellers.find(seller).ok_or("there is no such submerchant")?;
    let strict = state.switches.is(&UNAPPROVED_SELLER, "refused");
    if strict && seller.application != sellers::Verdict::Accepted {
        return Err("the submerchant's application has not been accepted");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_from(given: &Value) -> Result<Option<Split>, Refusal> {
        read(&State::default(), given, "platform_details", 5_000)
    }

    #[test]
    fn a_list_and_an_object_say_the_same() {
        let list = json!([
            {"submerchant_id": "kiln-kumo", "amount": 3000, "platform_fee": 300},
            {"submerchant_id": "studio-ame", "amount": "2000"},
        ]);
        let split = read_from(&list).unwrap().unwrap();
        assert_eq!(split.shares[0], Share { seller: "kiln-kumo".to_owned(), amount: 3_000, fee: 300 });
        assert_eq!(read_from(&json!({ "submerchants": list })).unwrap().unwrap(), split);
        assert_eq!(read_from(&Value::Null), Ok(None));
    }

    #[test]
    fn a_seller_that_takes_the_payment_gets_the_total_less_the_fee() {
        let given = json!({
            "processing_merchant_id": "kiln-kumo",
            "submerchants": [{"submerchant_id": "kiln-kumo", "platform_fee": 2000}],
        });
        assert_eq!(read_from(&given).unwrap().unwrap().shares[0].amount, 3_000);
    }

    #[test]
    fn what_does_not_add_up_or_is_not_known_is_refused() {
        for given in [
            json!([]),
            json!("kiln-kumo"),
            json!([{"submerchant_id": "kiln-kumo", "amount": 4999}]),
            json!([{"submerchant_id": "kiln-kumo", "amount": 5000, "platform_fee": -1}]),
            json!([{"submerchant_id": "kiln-kumo"}]),
            json!([{"submerchant_id": "nobody", "amount": 5000}]),
            json!([{"submerchant_id": "kiln-kumo", "amount": 2500}, {"submerchant_id": "kiln-kumo", "amount": 2500}]),
            json!({"processing_merchant_id": "nobody", "submerchants": [{"submerchant_id": "kiln-kumo"}]}),
        ] {
            assert_eq!(read_from(&given).unwrap_err().param.as_deref(), Some("platform_details"), "{given}");
        }
    }
}
