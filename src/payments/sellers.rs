//! What a provider tells a platform about its sellers. Nothing of it fulfils an order: only the notice about the
//! platform's own payment does.

use crate::domain::{SellerStanding, Share, Timestamp};
use crate::server::sellers::Settlement;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SellerNews {
    /// Whether a seller may sell at all.
    Application { seller: String, decision: Decision },
    /// Whether it may be paid in one way.
    Method { seller: String, method: String, decision: Decision },
    /// A payment that a seller has a part in, as the seller's account sees it.
    Payment { seller: String, payment: SellerPayment },
    /// Somebody asked for money back by bank transfer.
    RefundRequest { seller: String, request: RefundRequest },
    /// Money on its way to a bank account: a seller's, or, for `None`, the platform's own.
    Settlement { seller: Option<String>, settlement: Settlement },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub standing: SellerStanding,
    /// In the provider's words; often empty.
    pub reason: String,
    /// By the provider's clock.
    pub told_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerPayment {
    /// The provider's name for the payment.
    pub payment: String,
    /// What happened to it, in the provider's word: `captured`, `refund.created`.
    pub what: String,
    /// As the provider wrote it.
    pub currency: String,
    /// How the payment is divided, where the provider says so.
    pub shares: Vec<Share>,
    /// What has been given back of the whole payment, in minor units.
    pub given_back_minor: i64,
}

/// Without the shopper's bank account, which is none of the shop's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    pub id: String,
    /// In the provider's word: `pending`, `completed`, `rejected`.
    pub status: String,
}
