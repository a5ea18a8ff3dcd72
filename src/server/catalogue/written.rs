//! catalogue.toml as it is written. An unknown key is a typing mistake, and better found at start than on a shelf.

use super::sellers::Seller;
use crate::domain::{Delivery, Market};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub category: Vec<Category>,
    #[serde(default)]
    pub seller: Vec<Seller>,
    pub product: Vec<Product>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub slug: String,
    pub name: String,
    pub intro: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub slug: String,
    pub name: String,
    pub category: String,
    /// Absent: the shop itself.
    pub seller: Option<String>,
    pub delivery: DeliveryWord,
    pub drawing: String,
    pub summary: String,
    pub description: String,
    #[serde(default)]
    pub download: String,
    pub variant: Vec<Variant>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryWord {
    Post,
    Download,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    pub id: String,
    pub label: String,
    #[serde(default)]
    pub stock: i64,
    pub jpy: i64,
    pub gbp: i64,
    pub eur: i64,
}

impl File {
    /// A product that names a seller whom the file does not have, and that name. The table would refuse it too, but would
    /// not say which product it was.
    pub fn unknown_seller(&self) -> Option<(&str, &str)> {
        self.product.iter().find_map(|product| {
            let named = product.seller.as_deref()?;
            let known = self.seller.iter().any(|seller| seller.id == named);
            (!known).then_some((product.slug.as_str(), named))
        })
    }
}

impl Variant {
    /// In each market's minor units.
    pub fn prices(&self) -> [(Market, i64); 3] {
        [(Market::Japan, self.jpy), (Market::Britain, self.gbp), (Market::Europe, self.eur)]
    }
}

impl From<DeliveryWord> for Delivery {
    fn from(word: DeliveryWord) -> Delivery {
        match word {
            DeliveryWord::Post => Delivery::Post,
            DeliveryWord::Download => Delivery::Download,
        }
    }
}
