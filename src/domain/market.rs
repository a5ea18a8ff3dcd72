//! A market: a currency, where its shoppers live, and in which time zone their deadlines fall.

use super::Currency;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Market {
    Japan,
    Britain,
    Europe,
}

impl Market {
    pub const ALL: [Market; 3] = [Market::Japan, Market::Britain, Market::Europe];

    /// What the database, forms and cookies call it.
    pub fn code(self) -> &'static str {
        match self {
            Market::Japan => "japan",
            Market::Britain => "britain",
            Market::Europe => "europe",
        }
    }

    pub fn from_code(code: &str) -> Option<Market> {
        Market::ALL.into_iter().find(|market| market.code() == code)
    }

    pub fn name(self) -> &'static str {
        match self {
            Market::Japan => "Japan",
            Market::Britain => "United Kingdom",
            Market::Europe => "Europe",
        }
    }

    pub fn currency(self) -> Currency {
        match self {
            Market::Japan => Currency::Jpy,
            Market::Britain => Currency::Gbp,
            Market::Europe => Currency::Eur,
        }
    }

    /// IANA name of the time zone in which a deadline is told.
    pub fn time_zone(self) -> &'static str {
        match self {
            Market::Japan => "Asia/Tokyo",
            Market::Britain => "Europe/London",
            Market::Europe => "Europe/Brussels",
        }
    }
}
