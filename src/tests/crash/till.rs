//! What a shopper does at each provider, over the forms of its hosted page.

/// What everybody buys: something with stock, cheap enough for StableMint's sandbox.
pub const GOODS: &str = "letter-set";
/// What runs out during a run.
pub const SCARCE: &str = "ink-bottle-sea";

pub type Form = &'static [(&'static str, &'static str)];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Till {
    Komoju,
    Dojo,
    Bpc,
    Stablemint,
}

use Till::{Bpc, Dojo, Komoju, Stablemint};

impl Till {
    pub const ALL: [Till; 4] = [Komoju, Dojo, Bpc, Stablemint];

    pub fn code(self) -> &'static str {
        match self {
            Komoju => "komoju",
            Dojo => "dojo",
            Bpc => "bpc",
            Stablemint => "stablemint",
        }
    }

    pub fn market(self) -> &'static str {
        match self {
            Komoju => "japan",
            Dojo => "britain",
            Bpc | Stablemint => "europe",
        }
    }

    pub fn method(self) -> &'static str {
        match self {
            Komoju => "komoju/credit_card",
            Dojo => "dojo/card",
            Bpc => "bpc/card",
            Stablemint => "stablemint/bank_transfer",
        }
    }

    /// Another way to pay the same basket, for who changes their mind.
    pub fn other_method(self) -> Option<&'static str> {
        match self {
            Komoju => Some("komoju/paypay"),
            Dojo => None,
            Bpc => Some("stablemint/bank_transfer"),
            Stablemint => Some("bpc/card"),
        }
    }

    /// Whose hosted page this is.
    pub fn of_page(page: &str) -> Option<Till> {
        let path = page.splitn(4, '/').nth(3)?;
        Till::ALL.into_iter().find(|till| path.starts_with(till.code()))
    }

    /// The button that pays, and what is typed before it is pressed.
    pub fn pay(self) -> (&'static str, Form) {
        match self {
            Komoju => (
                "credit_card",
                &[("card_number", "4111111111111111"), ("card_name", "Mika"), ("expiry", "12/90"), ("cvc", "123")],
            ),
            Dojo => {
                ("pay", &[("card_number", "5200000000001005"), ("name", "Mika"), ("expiry", "12/90"), ("cvv", "020")])
            }
            Bpc => ("pay", &[("pan", "4444555511113333"), ("expiry", "12/26"), ("cvc", "123")]),
            Stablemint => ("pay", &[]),
        }
    }

    /// A card that is declined; the page then takes another one. `None` where there are no cards.
    pub fn declined(self) -> Option<(&'static str, Form)> {
        match self {
            Komoju => Some((
                "credit_card",
                &[("card_number", "4123111111111059"), ("card_name", "Mika"), ("expiry", "12/90"), ("cvc", "123")],
            )),
            Dojo => Some((
                "pay",
                &[("card_number", "4456530000001013"), ("name", "Mika"), ("expiry", "12/90"), ("cvv", "341")],
            )),
            Bpc => Some(("pay", &[("pan", "5168494895055780"), ("expiry", "12/26"), ("cvc", "123")])),
            Stablemint => None,
        }
    }
}
