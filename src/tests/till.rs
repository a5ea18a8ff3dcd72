//! What a shopper finds at each provider: where it is offered, and what is typed on its hosted page. For the tests through
//! the router (`tills`) and for those of the program as a process (`crash`).

use noren::domain::{Market, ProviderName};

/// What is bought everywhere: something with stock, cheap enough for StableMint's sandbox.
pub const GOODS: &str = "letter-set";

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

    pub fn name(self) -> ProviderName {
        match self {
            Komoju => ProviderName::Komoju,
            Dojo => ProviderName::Dojo,
            Bpc => ProviderName::Bpc,
            Stablemint => ProviderName::Stablemint,
        }
    }

    pub fn code(self) -> &'static str {
        self.name().code()
    }

    pub fn method(self) -> &'static str {
        match self {
            Komoju => "komoju/credit_card",
            Dojo => "dojo/card",
            Bpc => "bpc/card",
            Stablemint => "stablemint/bank_transfer",
        }
    }

    pub fn market(self) -> Market {
        match self {
            Komoju => Market::Japan,
            Dojo => Market::Britain,
            Bpc | Stablemint => Market::Europe,
        }
    }

    /// The button that pays.
    pub fn pay_button(self) -> &'static str {
        if self == Komoju { "credit_card" } else { "pay" }
    }

    /// What is typed before it is pressed. The clock may be years ahead.
    pub fn good_card(self) -> Form {
        match self {
            Komoju => {
                &[("card_number", "4111111111111111"), ("card_name", "Mika"), ("expiry", "12/90"), ("cvc", "123")]
            }
            Dojo => &[("card_number", "5200000000001005"), ("name", "Mika"), ("expiry", "12/90"), ("cvv", "020")],
            Bpc => &[("pan", "4444555511113333"), ("expiry", "12/26"), ("cvc", "123")],
            Stablemint => &[],
        }
    }

    /// A card that is declined; the page then takes another one. `None` where there are no cards.
    pub fn declined_card(self) -> Option<Form> {
        match self {
            Komoju => {
                Some(&[("card_number", "4123111111111059"), ("card_name", "Mika"), ("expiry", "12/90"), ("cvc", "123")])
            }
            Dojo => Some(&[("card_number", "4456530000001013"), ("name", "Mika"), ("expiry", "12/90"), ("cvv", "341")]),
            Bpc => Some(&[("pan", "5168494895055780"), ("expiry", "12/26"), ("cvc", "123")]),
            Stablemint => None,
        }
    }
}
