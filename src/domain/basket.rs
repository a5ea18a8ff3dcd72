//! The basket: what a shopper means to buy. It lives in the database; the browser holds only its token.

use super::{Delivery, Market, Money, SoldBy};
use serde::{Deserialize, Serialize};

/// The most of one variant that a basket takes.
pub const MOST_OF_ONE: i64 = 99;

#[derive(Clone, Debug)]
pub struct Basket {
    pub id: String,
    pub market: Market,
    /// Grows with every change. A checkout belongs to one version, so that a double click pays once.
    pub version: i64,
    pub lines: Vec<BasketLine>,
    /// What the shopper typed at the last checkout, so that a mistake does not cost the whole form.
    pub contact: Contact,
}

#[derive(Clone, Debug)]
pub struct BasketLine {
    pub variant: String,
    pub slug: String,
    pub name: String,
    pub label: String,
    pub drawing: String,
    pub delivery: Delivery,
    pub quantity: i64,
    pub unit_price: Money,
    /// What can be sold now; less than `quantity` when somebody else was faster.
    pub available: i64,
    /// `None`: the shop itself. In an order, for the fee of the day on which it was placed.
    pub sold_by: Option<SoldBy>,
}

impl BasketLine {
    /// What it is called: "Sencha in a tin, 100 g".
    pub fn title(&self) -> String {
        if self.label.is_empty() { self.name.clone() } else { format!("{}, {}", self.name, self.label) }
    }

    /// `None` when the amount does not fit, which `MOST_OF_ONE` and the prices' own limit keep from happening.
    pub fn total(&self) -> Option<Money> {
        self.unit_price.times(self.quantity)
    }

    /// Whether its seller has been declined by the payment provider: then it cannot be bought.
    pub fn is_withheld(&self) -> bool {
        self.sold_by.as_ref().is_some_and(|sold_by| !sold_by.standing.may_sell())
    }
}

impl Basket {
    pub fn total(&self) -> Option<Money> {
        self.lines.iter().try_fold(Money::zero(self.market.currency()), |sum, line| sum.plus(line.total()?))
    }

    pub fn must_be_posted(&self) -> bool {
        self.lines.iter().any(|line| line.delivery == Delivery::Post)
    }

    pub fn count(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }
}

/// Who buys, and where a parcel goes. The address stays empty when nothing must be posted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    pub email: String,
    pub name: String,
    pub street: String,
    pub city: String,
    pub postcode: String,
    pub country: String,
}
