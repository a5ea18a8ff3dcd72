//! How an attempt stands at the provider, in the shop's own words: what every provider's file turns its answers into.

use super::Refunded;
use crate::domain::{AttemptState, Instructions, Money, Share};

/// How an attempt stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub stage: Stage,
    pub payment: Option<String>,
    /// What of our price the payment covers. The provider's file works it out where a payment was converted into
    /// another currency; `None` when there is no payment yet.
    pub covers: Option<Money>,
    /// What the payment was made out for, in the provider's words, without the shopper's fee.
    pub charged: Option<Charge>,
    /// Our reference in the provider's books, which is the attempt's id; `None` where this answer does not say.
    pub reference: Option<String>,
    /// Paid once, and given back in full since.
    pub refunded: bool,
    /// What has been given back so far, by a provider whose refunds have no names of their own.
    pub given_back: Option<Charge>,
    /// Every refund so far, by a provider that names them in this answer.
    pub refunds: Option<Vec<Refunded>>,
    pub instructions: Option<Instructions>,
    /// How the payment is divided among sellers, where the provider says so; in the order of their names.
    pub shares: Vec<Share>,
}

impl Standing {
    /// What a webhook told, with what it left for the look-up to say. Both agree on what they share.
    pub fn filled_from(&self, seen: &Standing) -> Standing {
        Standing {
            payment: self.payment.clone().or_else(|| seen.payment.clone()),
            charged: self.charged.clone().or_else(|| seen.charged.clone()),
            instructions: self.instructions.clone().or_else(|| seen.instructions.clone()),
            shares: if self.shares.is_empty() { seen.shares.clone() } else { self.shares.clone() },
            ..self.clone()
        }
    }

    /// How much has been given back so far, in the payment's minor units; `None` where this answer does not say.
    pub fn given_back_minor(&self) -> Option<i64> {
        let named = self
            .refunds
            .as_ref()
            .map(|refunds| refunds.iter().fold(0_i64, |sum, refund| sum.saturating_add(refund.amount.minor)));
        let in_all = || self.given_back.as_ref().map(|charge| charge.minor);
        let everything = || self.charged.as_ref().filter(|_| self.refunded).map(|charge| charge.minor);
        named.or_else(in_all).or_else(everything)
    }

    /// Nothing is known but the stage.
    pub fn only(stage: Stage) -> Standing {
        Standing {
            stage,
            payment: None,
            covers: None,
            charged: None,
            reference: None,
            refunded: false,
            given_back: None,
            refunds: None,
            instructions: None,
            shares: Vec::new(),
        }
    }
}

/// An amount as the provider wrote it. The currency is text: a wrong one must be shown, not rejected unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub minor: i64,
    pub currency: String,
}

impl From<Money> for Charge {
    fn from(money: Money) -> Charge {
        Charge { minor: money.minor, currency: money.currency.code().to_owned() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Pending,
    Authorised,
    Paid,
    Declined,
    Cancelled,
    Expired,
}

impl Stage {
    pub fn code(self) -> &'static str {
        AttemptState::from(self).code()
    }
}

impl From<Stage> for AttemptState {
    fn from(stage: Stage) -> AttemptState {
        match stage {
            Stage::Pending => AttemptState::Open,
            Stage::Authorised => AttemptState::Authorised,
            Stage::Paid => AttemptState::Paid,
            Stage::Declined => AttemptState::Declined,
            Stage::Cancelled => AttemptState::Cancelled,
            Stage::Expired => AttemptState::Expired,
        }
    }
}
