//! What `noren refund` says: what happened, and what to do next.

use crate::domain::{Money, ProviderName};
use crate::payments::ProviderError;
use std::fmt;

/// What the command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The provider has said yes.
    Made { provider: ProviderName, amount: Money, restock: bool },
    /// An earlier refund, whose answer had been lost, was made.
    EarlierMade(Money),
    /// It was not made, and will not be.
    EarlierNotMade(Money),
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Done::Made { provider, amount, restock } => {
                let stock = if *restock { ", and its things go back into stock then" } else { "" };
                write!(
                    f,
                    "{} gives {amount} back. The order says so when the webhook arrives{stock}.",
                    provider.title()
                )
            }
            Done::EarlierMade(amount) => write!(
                f,
                "{amount}, which was asked for before, is given back. Nothing else was asked for now: run the command again \
                 for another refund."
            ),
            Done::EarlierNotMade(amount) => write!(
                f,
                "{amount}, which was asked for before, was not given back. Nothing else was asked for now: run the command \
                 again for another try."
            ),
        }
    }
}

/// Why nothing was given back, as far as anybody knows.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    #[error("there is no order {0}")]
    NoSuchOrder(String),
    #[error("nothing was paid for order {0}, as far as its webhooks say")]
    NothingPaid(String),
    #[error(
        "order {0} is promised and not paid: a held card, or a slip. Nothing was charged; cancel the order on its page, and \
         the card is let go or the slip ends"
    )]
    OnlyPromised(String),
    #[error("nothing is left to give back of what was paid for order {0}")]
    NothingLeft(String),
    #[error("“{0}” is no amount: write it as on a price tag, 1200 for yen, 12.50 for pounds or euros")]
    NoAmount(String),
    #[error("{amount} is more than the {left} that can still be given back")]
    TooMuch { amount: Money, left: Money },
    #[error(
        "--restock puts all of the order’s things back, so it goes with a refund of all that is left; for a part, leave it \
         out and correct the stock by hand (docs/operations.md)"
    )]
    RestockNeedsAll,
    #[error(
        "this payment was divided among sellers: refund it in {}’s dashboard, which says at whose cost",
        .0.title()
    )]
    Divided(ProviderName),
    #[error("the shopper was charged in {0}: refund it in the provider’s dashboard, where that amount is known")]
    OtherCurrency(String),
    #[error("{} does not show this order as paid: look into its dashboard before you give anything back", .0.title())]
    NotPaidThere(ProviderName),
    #[error("nobody has told the shop what {} calls this payment: refund it in the dashboard", .0.title())]
    Nameless(ProviderName),
    #[error("the provider of this order is switched off")]
    SwitchedOff,
    #[error("how the payment stands could not be found out, so nothing was asked for: {0}")]
    LookUp(ProviderError),
    #[error("another command, or the shop itself, is at a refund of this order: try again in a minute")]
    UnderWay,
    #[error("this order has no refund whose end is not known")]
    NothingUnfinished,
    #[error(
        "whether {amount} was given back is not known yet: {why}. It is not asked for twice. The shop goes on finding out; \
         you can run the command again, or look into the provider’s dashboard and say `noren refund {order} --was-made` or \
         `--was-not-made`. Until it is known, this order takes no other refund"
    )]
    Unknown { order: String, amount: Money, why: String },
    #[error("{} did not give it back: {error}. {}", .provider.title(), instead(*.provider, *.by_transfer))]
    Refused { provider: ProviderName, by_transfer: bool, error: ProviderError },
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

/// What the merchant can do instead.
fn instead(provider: ProviderName, by_transfer: bool) -> &'static str {
    match (provider, by_transfer) {
        (ProviderName::Komoju, true) => {
            "What was paid in a store or by transfer goes back to a bank account: ask the shopper for theirs, and make a \
             refund request in KOMOJU’s dashboard"
        }
        (ProviderName::Stablemint, _) => {
            "Make a transfer by hand, in StableMint’s dashboard or at your bank, and note it: no webhook will tell of it \
             (docs/providers/stablemint.md)"
        }
        (ProviderName::Komoju | ProviderName::Dojo | ProviderName::Bpc, _) => {
            "Look into its dashboard: a refund can be made there too, and the order moves when its webhook arrives"
        }
    }
}
