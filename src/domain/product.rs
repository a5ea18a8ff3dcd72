//! What is sold. A product has variants; a variant has stock and one price in each market.

use super::{Money, SoldBy};

/// How the shopper gets it: by post (an address is needed) or as a download (it opens once the order is fulfilled).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Post,
    Download,
}

impl Delivery {
    pub fn code(self) -> &'static str {
        match self {
            Delivery::Post => "post",
            Delivery::Download => "download",
        }
    }

    pub fn from_code(code: &str) -> Option<Delivery> {
        [Delivery::Post, Delivery::Download].into_iter().find(|delivery| delivery.code() == code)
    }
}

/// A product as its page shows it in one market.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its place in addresses: `/products/{slug}`.
    pub slug: String,
    pub name: String,
    pub category: String,
    pub summary: String,
    pub description: String,
    /// Path of the drawing, under `public/`.
    pub drawing: String,
    pub delivery: Delivery,
    /// `None`: the shop itself.
    pub sold_by: Option<SoldBy>,
    /// Cheapest first as the database orders them; never empty.
    pub variants: Vec<Variant>,
}

/// One size and colour of a product.
#[derive(Clone, Debug)]
pub struct Variant {
    pub id: String,
    /// "Large, indigo"; empty when the product has only one variant.
    pub label: String,
    pub price: Money,
    /// What can be sold now: stock less what is held for payments under way. Downloads never run out.
    pub available: i64,
}

impl Product {
    pub fn sold_out(&self) -> bool {
        self.variants.iter().all(|variant| variant.available <= 0)
    }

    /// Whether its seller has been declined by the payment provider: then it cannot be bought.
    pub fn is_withheld(&self) -> bool {
        self.sold_by.as_ref().is_some_and(|sold_by| !sold_by.standing.may_sell())
    }
}
