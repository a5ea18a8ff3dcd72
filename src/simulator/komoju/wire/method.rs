//! The methods that a session offers, as its body lists them.

use crate::simulator::komoju::methods::{Method, STORES};
use crate::simulator::komoju::model::Session;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::collections::BTreeMap;

#[derive(Serialize)]
pub struct MethodBody {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offsite: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_fields: Option<[&'static str; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_fee: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brands: Option<Brands>,
    amount: i64,
    currency: String,
    exchange_rate: serde_json::Number,
}

enum Brands {
    Cards,
    Stores,
}

impl Serialize for Brands {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Brands::Cards => ["visa", "master", "jcb", "american_express", "diners_club"].serialize(serializer),
            Brands::Stores => {
                let mut map = serializer.serialize_map(Some(STORES.len()))?;
                for (store, _) in STORES {
                    map.serialize_entry(store, &BTreeMap::from([("icon", format!("/assets/konbini/{store}.svg"))]))?;
                }
                map.end()
            }
        }
    }
}

pub fn body(method: Method, session: &Session) -> MethodBody {
    let terms = method.terms(session.amount, &session.currency);
    let wallet = method == Method::PayPay;
    MethodBody {
        kind: method.code(),
        offsite: wallet.then_some(true),
        additional_fields: wallet.then_some([]),
        customer_fee: matches!(method, Method::Konbini | Method::BankTransfer).then_some(terms.fee),
        brands: match method {
            Method::CreditCard => Some(Brands::Cards),
            Method::Konbini => Some(Brands::Stores),
            Method::BankTransfer | Method::PayPay => None,
        },
        amount: terms.amount,
        currency: terms.currency,
        exchange_rate: terms.exchange_rate,
    }
}
