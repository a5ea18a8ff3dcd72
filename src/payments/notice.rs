//! What a verified webhook says, in the shop's own words.

use super::sellers::SellerNews;
use super::standing::{Charge, Standing};
use super::{Provider, Unreadable};

/// Longer than any name that a provider gives to anything, and shorter than what PostgreSQL's indexes take.
const LONGEST_NAME: usize = 500;

/// What a verified webhook says, if the shop can keep it. A name that no database column takes would otherwise be tried
/// again and again.
///
/// # Errors
/// When it says nothing that can be read, or kept.
pub fn read(provider: &dyn Provider, body: &[u8]) -> Result<Notice, Unreadable> {
    // PostgreSQL's text takes no zero byte, and JSON has one way to write it.
    if body.windows(6).any(|text| text == br"\u0000") {
        return Err(Unreadable("it has a zero byte in it".to_owned()));
    }
    let notice = provider.read(body)?;
    if notice.names().any(|name| name.len() > LONGEST_NAME) {
        return Err(Unreadable("a name in it is longer than any real one".to_owned()));
    }
    Ok(notice)
}

/// A verified webhook, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The same for every delivery of the same event.
    pub dedupe_key: String,
    /// The provider's name for the event: `payment.captured`.
    pub event: String,
    /// What it is about; `None` for what concerns no order.
    pub subject: Option<Subject>,
    pub news: News,
}

impl Notice {
    /// What the inbox and the tables of payments and refunds find it by.
    fn names(&self) -> impl Iterator<Item = &str> {
        let (payment, refunds) = match &self.news {
            News::Standing(standing) => (standing.payment.as_deref(), &[][..]),
            News::Refunds(refunds) => (None, &refunds[..]),
            News::Seller(_) | News::Nothing => (None, &[][..]),
        };
        let own = [self.dedupe_key.as_str(), self.event.as_str()];
        let refunds = refunds.iter().map(|refund| refund.id.as_str());
        own.into_iter().chain(self.subject.as_ref().map(Subject::name)).chain(payment).chain(refunds)
    }
}

/// By which name a notice calls what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The provider's name for the session.
    Session(String),
    /// Our own reference, the attempt's id.
    Attempt(String),
    /// The provider's name for the payment.
    Payment(String),
}

impl Subject {
    /// The name itself.
    pub fn name(&self) -> &str {
        match self {
            Subject::Session(name) | Subject::Attempt(name) | Subject::Payment(name) => name,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// How the payment stands.
    Standing(Standing),
    /// Money went back; every refund of the payment so far.
    Refunds(Vec<Refunded>),
    /// Something about a seller, or about the account that a platform is paid out to.
    Seller(SellerNews),
    /// Nothing that an order has to know: a ping, an event of a kind we do not use.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refunded {
    /// The provider's name for the refund. One refund causes two events at KOMOJU, so this is what counts it once.
    pub id: String,
    pub amount: Charge,
    /// Taken back by the shopper's bank, not given back by the merchant.
    pub chargeback: bool,
    pub made_by: MadeBy,
}

/// Who made a refund, as far as its provider passes on what it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// Whoever used this key, or wrote this text where the shop writes its key.
    Key(String),
    /// Not the shop: its key would be there.
    Others,
    /// The provider passes nothing on.
    Unsaid,
}
