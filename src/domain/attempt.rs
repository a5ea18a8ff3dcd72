//! An attempt: one try at paying one order with one provider. An order may have many; any of them may be paid.

use super::{Contact, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// The providers that the shop can take payment with. Adding one starts here; the compiler shows the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProviderName {
    Komoju,
    Dojo,
    Bpc,
    Stablemint,
}

impl ProviderName {
    pub const ALL: [ProviderName; 4] =
        [ProviderName::Komoju, ProviderName::Dojo, ProviderName::Bpc, ProviderName::Stablemint];

    /// Its name in addresses (`/webhooks/komoju`), in the database and in logs.
    pub fn code(self) -> &'static str {
        match self {
            ProviderName::Komoju => "komoju",
            ProviderName::Dojo => "dojo",
            ProviderName::Bpc => "bpc",
            ProviderName::Stablemint => "stablemint",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            ProviderName::Komoju => "KOMOJU",
            ProviderName::Dojo => "Dojo",
            ProviderName::Bpc => "BPC",
            ProviderName::Stablemint => "StableMint",
        }
    }

    pub fn from_code(code: &str) -> Option<ProviderName> {
        ProviderName::ALL.into_iter().find(|name| name.code() == code)
    }
}

/// A way to pay, as the checkout offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    pub provider: ProviderName,
    /// The provider's own name for it: `credit_card`.
    pub code: &'static str,
    pub label: &'static str,
    /// One line on what will happen: "You get a code and pay in cash within three days."
    pub hint: &'static str,
    /// Why it cannot be used for this basket; `None` when it can.
    pub unavailable: Option<String>,
}

impl Method {
    /// What the checkout form sends: `komoju/credit_card`.
    pub fn form_value(&self) -> String {
        format!("{}/{}", self.provider.code(), self.code)
    }
}

/// How the provider says the browser came back. A hint for what the page says and nothing else: the address bar is the
/// shopper's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    Success,
    /// The payment failed, as far as the provider's page knew.
    Failure,
    /// The shopper left the page.
    Exit,
    /// The page itself broke.
    Error,
}

impl Back {
    /// Its word in the order's address: `?back=success`.
    pub fn code(self) -> &'static str {
        match self {
            Back::Success => "success",
            Back::Failure => "failure",
            Back::Exit => "exit",
            Back::Error => "error",
        }
    }

    pub fn from_code(code: &str) -> Option<Back> {
        [Back::Success, Back::Failure, Back::Exit, Back::Error].into_iter().find(|back| back.code() == code)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// Stored; the provider has been or is being asked for a page.
    Opening,
    /// There is a page, and the shopper may be on it.
    Open,
    /// Promised but not paid: a slip to be paid at a store, a transfer, a held card.
    Authorised,
    Paid,
    /// The last try on the page was declined. Not final: the page is still open and the next try may succeed.
    Declined,
    Cancelled,
    Expired,
}

impl AttemptState {
    pub const ALL: [AttemptState; 7] = [
        AttemptState::Opening,
        AttemptState::Open,
        AttemptState::Authorised,
        AttemptState::Paid,
        AttemptState::Declined,
        AttemptState::Cancelled,
        AttemptState::Expired,
    ];

    pub fn code(self) -> &'static str {
        match self {
            AttemptState::Opening => "opening",
            AttemptState::Open => "open",
            AttemptState::Authorised => "authorised",
            AttemptState::Paid => "paid",
            AttemptState::Declined => "declined",
            AttemptState::Cancelled => "cancelled",
            AttemptState::Expired => "expired",
        }
    }

    pub fn from_code(code: &str) -> Option<AttemptState> {
        AttemptState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether a shopper can still pay with it, as far as we know. Such an attempt holds stock.
    pub fn is_live(self) -> bool {
        match self {
            AttemptState::Opening | AttemptState::Open | AttemptState::Authorised | AttemptState::Declined => true,
            AttemptState::Paid | AttemptState::Cancelled | AttemptState::Expired => false,
        }
    }

    /// The next state when the provider says `to`; `None` when this news changes nothing.
    ///
    /// Money is stronger than any other news, at any time. Everything else only moves a live attempt forward: events
    /// come twice, out of order, and days late (komoju/komoju-woocommerce#166).
    pub fn on(self, to: AttemptState) -> Option<AttemptState> {
        match (self, to) {
            (AttemptState::Paid, _) | (_, AttemptState::Opening | AttemptState::Open) => None,
            (_, AttemptState::Paid) => Some(to),
            (AttemptState::Cancelled | AttemptState::Expired, _) => None,
            // A slip was issued: an earlier try's decline, arriving late, does not take it back.
            (AttemptState::Authorised, AttemptState::Declined | AttemptState::Authorised) => None,
            (AttemptState::Authorised, AttemptState::Cancelled | AttemptState::Expired) => Some(to),
            (
                AttemptState::Opening | AttemptState::Open | AttemptState::Declined,
                AttemptState::Authorised | AttemptState::Declined | AttemptState::Cancelled | AttemptState::Expired,
            ) => Some(to),
        }
    }
}

/// What the shopper must still do, away from the browser: pay a slip at a store, make a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructions {
    /// "Pay at FamilyMart", "Transfer to Noren Test Bank".
    pub heading: String,
    /// What to tell the clerk or type into the bank's form, in order: ("Confirmation number", "1234-5678").
    pub lines: Vec<(String, String)>,
    /// What the shopper pays, the fee included.
    pub total: Money,
    /// The fee that the provider adds for the shopper; zero for most methods.
    pub fee: Money,
    /// Until when; `None` when the provider did not say.
    pub deadline: Option<Timestamp>,
    /// The provider's page with the same, and the barcode.
    pub url: Option<String>,
}

impl Attempt {
    /// Whether money is on its way as far as anybody can tell, and only its webhook will: then nothing is to be paid twice,
    /// or given up.
    pub fn awaits_its_webhook(&self) -> bool {
        self.came_back && self.state == AttemptState::Open
    }

    /// Whether what was paid has no way back: cash, and transfers, are given back by a transfer to an account that somebody
    /// must ask the shopper for ("Refunds" in KOMOJU's help; StableMint's "Withdrawal").
    pub fn is_refunded_by_transfer(&self) -> bool {
        match self.provider {
            ProviderName::Komoju => matches!(self.method.as_str(), "konbini" | "bank_transfer"),
            ProviderName::Stablemint => true,
            ProviderName::Dojo | ProviderName::Bpc => false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: String,
    pub order: String,
    pub provider: ProviderName,
    /// The provider's own name for the method.
    pub method: String,
    pub state: AttemptState,
    pub amount: Money,
    /// Who pays, and in which language, as the provider is told. A second try under the same key says the same.
    pub contact: Contact,
    pub language: String,
    /// The provider's name for its session; `None` until it answered.
    pub session: Option<String>,
    pub page_url: Option<String>,
    pub payment: Option<String>,
    pub instructions: Option<Instructions>,
    /// The browser came back saying that the shopper is done, from a provider that cannot be asked.
    pub came_back: bool,
    pub opened_at: Timestamp,
    /// Until when the stock is kept.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::AttemptState::{self, *};

    #[test]
    fn money_wins_over_every_state_and_nothing_takes_it_back() {
        for state in AttemptState::ALL {
            assert_eq!(Paid.on(state), None, "{state:?}");
            if state != Paid {
                assert_eq!(state.on(Paid), Some(Paid), "{state:?}");
            }
        }
    }

    #[test]
    fn a_decline_is_not_final_while_the_page_is_open() {
        assert_eq!(Open.on(Declined), Some(Declined));
        assert_eq!(Declined.on(Declined), Some(Declined));
        assert_eq!(Declined.on(Authorised), Some(Authorised));
    }

    #[test]
    fn a_late_decline_does_not_take_a_slip_back_and_nothing_revives_what_ended() {
        assert_eq!(Authorised.on(Declined), None);
        for ended in [Cancelled, Expired] {
            for news in [Opening, Open, Authorised, Declined, Cancelled, Expired] {
                assert_eq!(ended.on(news), None, "{ended:?} {news:?}");
            }
        }
    }
}
