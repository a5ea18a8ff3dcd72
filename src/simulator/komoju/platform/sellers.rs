//! The sellers of the platform and what has been decided about their applications.

use crate::simulator::komoju::methods::Method;
use crate::simulator::komoju::webhook::{self, Subject};
use crate::simulator::state::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What became of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Pending,
    Accepted,
    Declined,
}

impl Verdict {
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Pending => "pending",
            Verdict::Accepted => "accepted",
            Verdict::Declined => "declined",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seller {
    pub id: String,
    pub name: String,
    pub application: Verdict,
    /// The methods about whose applications something has been decided.
    pub methods: BTreeMap<String, Verdict>,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sellers(pub Vec<Seller>);

impl Default for Sellers {
    fn default() -> Sellers {
        let seller = |id: &str, name: &str| Seller {
            id: id.to_owned(),
            name: name.to_owned(),
            application: Verdict::Pending,
            methods: BTreeMap::new(),
        };
        Sellers(vec![
            seller("kiln-kumo", "Kiln Kumo"),
            seller("studio-ame", "Studio Ame"),
            seller("paper-oto", "Paper Oto"),
        ])
    }
}

impl Sellers {
    pub fn find(&self, id: &str) -> Option<&Seller> {
        self.0.iter().find(|seller| seller.id == id)
    }
}

/// What an event about an application says. KOMOJU does not document it: invented.
#[derive(Serialize)]
pub struct ApplicationBody {
    resource: &'static str,
    submerchant_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_type: Option<String>,
}

/// Decides about the seller's application, or about one of its payment methods, and says so; every time that it is
/// asked to. `false` when there is no such seller or method.
pub fn decide(world: &mut World<'_>, seller: &str, method: Option<&str>, verdict: Verdict) -> bool {
    if method.is_some_and(|method| Method::from_code(method).is_none()) {
        return false;
    }
    let Some(known) = world.state.komoju.sellers.0.iter_mut().find(|known| known.id == seller) else { return false };
    let (resource, event) = match method {
        None => {
            known.application = verdict;
            ("merchant_application", "submerchant.application")
        }
        Some(method) => {
            known.methods.insert(method.to_owned(), verdict);
            ("payment_method_application", "submerchant.payment_method_application")
        }
    };
    let status = verdict.code();
    let payment_type = method.map(str::to_owned);
    let body = ApplicationBody { resource, submerchant_id: seller.to_owned(), status, payment_type };
    webhook::publish(world, &Subject::Application(body), &format!("{event}.{status}"), Some(seller));
    true
}
