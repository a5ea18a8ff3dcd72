//! The payment methods that this simulator has, and on what terms a session offers each.

use super::currency;
use super::switches::{ON, PAYMENT_METHOD_CONVERSION};
use crate::simulator::switches::Switches;
use serde::{Deserialize, Serialize};

/// What the customer of a convenience store pays on top, in yen.
const KONBINI_FEE: i64 = 190;

/// The stores by KOMOJU's names and as people call them.
pub const STORES: [(&str, &str); 6] = [
    ("seven-eleven", "7-Eleven"),
    ("lawson", "Lawson"),
    ("family-mart", "FamilyMart"),
    ("ministop", "Ministop"),
    ("daily-yamazaki", "Daily Yamazaki"),
    ("seicomart", "Seicomart"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    CreditCard,
    Konbini,
    BankTransfer,
    #[serde(rename = "paypay")]
    PayPay,
}

impl Method {
    pub const ALL: [Method; 4] = [Method::CreditCard, Method::Konbini, Method::BankTransfer, Method::PayPay];

    /// KOMOJU's name for it.
    pub fn code(self) -> &'static str {
        match self {
            Method::CreditCard => "credit_card",
            Method::Konbini => "konbini",
            Method::BankTransfer => "bank_transfer",
            Method::PayPay => "paypay",
        }
    }

    pub fn from_code(code: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.code() == code)
    }

    pub fn name_en(self) -> &'static str {
        match self {
            Method::CreditCard => "Credit card",
            Method::Konbini => "Convenience store",
            Method::BankTransfer => "Bank transfer",
            Method::PayPay => "PayPay",
        }
    }

    pub fn name_ja(self) -> &'static str {
        match self {
            Method::CreditCard => "クレジットカード",
            Method::Konbini => "コンビニ",
            Method::BankTransfer => "銀行振込",
            Method::PayPay => "PayPay",
        }
    }

    /// Whether it is paid in yen whatever the session's currency is.
    fn only_yen(self) -> bool {
        match self {
            Method::CreditCard => false,
            Method::Konbini | Method::BankTransfer | Method::PayPay => true,
        }
    }

    /// Whether the currency can be paid with it, directly or converted.
    pub fn takes(self, currency: &str, switches: &Switches) -> bool {
        !self.only_yen() || currency == "JPY" || switches.is(&PAYMENT_METHOD_CONVERSION, ON)
    }

    /// What the customer pays with this method for a price.
    pub fn terms(self, amount: i64, currency: &str) -> Terms {
        let fee = if self == Method::Konbini { KONBINI_FEE } else { 0 };
        if self.only_yen() && currency != "JPY" {
            let (amount, exchange_rate) = currency::in_yen(amount, currency);
            return Terms { amount, currency: "JPY".to_owned(), exchange_rate, fee };
        }
        Terms { amount, currency: currency.to_owned(), exchange_rate: serde_json::Number::from(1), fee }
    }
}

/// On what terms a session's price is paid with one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub amount: i64,
    pub currency: String,
    pub exchange_rate: serde_json::Number,
    pub fee: i64,
}

pub fn store_name(code: &str) -> Option<&'static str> {
    STORES.iter().find(|(store, _)| *store == code).map(|(_, name)| *name)
}
