//! Giving money back because the merchant says so: `noren refund`.
//!
//! A refund cannot be taken back, so it is written down before the provider is called, and one whose answer was lost is
//! found out about before anything is asked a second time. Until then its order takes no other refund. The order itself
//! moves when the provider's webhook arrives, as always.

mod again;
mod words;

use super::{Provider, ProviderError, Stage, Standing};
use crate::domain::{AskedRefund, Attempt, AttemptState, BasketLine, Division, Money, Order, RefundState, divides};
use crate::server::orders::{self, attempts, journal, outcome, refunds};
use crate::server::state::AppState;
use crate::server::token;
use again::Ending;
pub use again::sweep;
use clap::Args;
use sqlx::AnyConnection;
pub use words::{Done, RefundError};

/// How long one asker has a refund to itself, in milliseconds. Longer than a look-up and a call take together.
const LEASE_MS: i64 = 60_000;

/// What the merchant wants.
#[derive(Args, Clone, Debug, Default)]
pub struct Wish {
    /// How much, written as on a price tag: 1200 for yen, 12.50 for pounds. All that is left when it is not given.
    #[arg(long)]
    pub amount: Option<String>,
    /// Puts the order's things back into stock when the refund's webhook arrives. Only when all that is left is refunded.
    #[arg(long, conflicts_with = "keep_stock")]
    pub restock: bool,
    /// Leaves the stock as it is, which is what happens anyway.
    #[arg(long)]
    pub keep_stock: bool,
    /// Ends a refund whose answer was lost: you see it in the provider's dashboard.
    #[arg(long, conflicts_with_all = ["amount", "restock", "keep_stock", "was_not_made"])]
    pub was_made: bool,
    /// Ends a refund whose answer was lost: it is not in the provider's dashboard. Nothing is asked for now.
    #[arg(long, conflicts_with_all = ["amount", "restock", "keep_stock"])]
    pub was_not_made: bool,
}

/// Asks the provider to give back what an order's shopper paid, or finds out how an earlier refund of the order ended. Only
/// one of the two: who wants another refund asks again.
///
/// # Errors
/// When nothing was asked for, or nobody knows yet whether it was made; the error says which.
pub async fn refund(state: &AppState, order: &str, wish: &Wish) -> Result<Done, RefundError> {
    let mut db = state.pool.acquire().await?;
    let order = orders::by_id(&mut db, order).await?.ok_or_else(|| RefundError::NoSuchOrder(order.to_owned()))?;
    let unfinished = refunds::unfinished(&mut db, &order.id).await?;
    drop(db);
    if let Some(unfinished) = unfinished {
        return finish_earlier(state, &order, &unfinished, wish).await;
    }
    if wish.was_made || wish.was_not_made {
        return Err(RefundError::NothingUnfinished);
    }
    let attempt = choose(state, &order).await?;
    let provider = state.providers.get(attempt.provider).ok_or(RefundError::SwitchedOff)?;
    let payable_back = look(provider, &attempt).await?;
    // A look-up may be the first to tell what the provider calls it.
    let attempt = Attempt { payment: Some(payable_back.payment.clone()), ..attempt };
    let refund = write_down(state, &order, &attempt, &payable_back, wish).await?;
    match again::ask(state, provider, &attempt, &refund).await? {
        Ending::Made => Ok(Done::Made { provider: attempt.provider, amount: refund.amount, restock: refund.restock }),
        Ending::Refused(error) => Err(refused(&attempt, error)),
        Ending::Unknown(why) => Err(RefundError::Unknown { order: order.id, amount: refund.amount, why }),
    }
}

/// The command meets a refund whose end nobody knows.
async fn finish_earlier(
    state: &AppState,
    order: &Order,
    refund: &AskedRefund,
    wish: &Wish,
) -> Result<Done, RefundError> {
    let now = state.clock.now();
    let mut db = state.pool.acquire().await?;
    if !refunds::lease(&mut db, &refund.id, now, now + LEASE_MS).await? {
        return Err(RefundError::UnderWay);
    }
    drop(db);
    if wish.was_made || wish.was_not_made {
        again::merchant_says(state, refund, wish.was_made).await?;
        let amount = refund.amount;
        return Ok(if wish.was_made { Done::EarlierMade(amount) } else { Done::EarlierNotMade(amount) });
    }
    match again::take_up(state, refund).await? {
        Ending::Made => Ok(Done::EarlierMade(refund.amount)),
        Ending::Refused(_) => Ok(Done::EarlierNotMade(refund.amount)),
        Ending::Unknown(why) => Err(RefundError::Unknown { order: order.id.clone(), amount: refund.amount, why }),
    }
}

fn refused(attempt: &Attempt, error: ProviderError) -> RefundError {
    RefundError::Refused { provider: attempt.provider, by_transfer: attempt.is_refunded_by_transfer(), error }
}

/// The payment that is given back: of an order that was paid twice, first the one that did not fulfil it.
async fn choose(state: &AppState, order: &Order) -> Result<Attempt, RefundError> {
    let mut db = state.pool.acquire().await?;
    let mut paid = attempts::of_order(&mut db, &order.id).await?;
    let promised = paid.iter().any(|attempt| attempt.state == AttemptState::Authorised);
    paid.retain(|attempt| attempt.state == AttemptState::Paid);
    if paid.is_empty() {
        let why = if promised { RefundError::OnlyPromised } else { RefundError::NothingPaid };
        return Err(why(order.id.clone()));
    }
    let fulfilled_by = outcome::fulfilled_by(&mut db, &order.id).await?;
    paid.sort_by_key(|attempt| fulfilled_by.as_ref() == Some(&attempt.id));
    for attempt in paid {
        if outcome::refunded_of_attempt(&mut db, &attempt.id).await? < attempt.amount.minor {
            return whole(&mut db, order, attempt).await;
        }
    }
    Err(RefundError::NothingLeft(order.id.clone()))
}

/// A payment that is divided among sellers has to be given back at somebody's cost, and how KOMOJU wants that said is not
/// documented: left out, the platform would pay for all of it.
async fn whole(db: &mut AnyConnection, order: &Order, attempt: Attempt) -> Result<Attempt, RefundError> {
    let lines: Vec<BasketLine> = orders::lines(db, order).await?.into_iter().map(|line| line.line).collect();
    let divided = divides(attempt.provider, attempt.amount.currency) && Division::of(&lines).is_some();
    if divided { Err(RefundError::Divided(attempt.provider)) } else { Ok(attempt) }
}

/// What can be given back of a payment, as the provider knows it.
struct PayableBack {
    payment: String,
    captured_minor: i64,
    /// `None` where the provider does not say.
    given_back_minor: Option<i64>,
}

/// Asks how the payment stands: the dashboard may have given some of it back without the shop having heard.
async fn look(provider: &dyn Provider, attempt: &Attempt) -> Result<PayableBack, RefundError> {
    let seen = match (provider.can_be_asked(), &attempt.session) {
        (true, Some(session)) => Some(provider.look_up(session).await.map_err(RefundError::LookUp)?),
        _ => None,
    };
    let named = seen.as_ref().and_then(|seen| seen.payment.clone());
    let payment = attempt.payment.clone().or(named).ok_or(RefundError::Nameless(attempt.provider))?;
    let Some(seen) = seen else {
        return Ok(PayableBack { payment, captured_minor: attempt.amount.minor, given_back_minor: None });
    };
    Ok(PayableBack { payment, captured_minor: captured(&seen, attempt)?, given_back_minor: seen.given_back_minor() })
}

fn captured(seen: &Standing, attempt: &Attempt) -> Result<i64, RefundError> {
    let charged = seen.charged.as_ref().filter(|_| seen.stage == Stage::Paid);
    let charged = charged.ok_or(RefundError::NotPaidThere(attempt.provider))?;
    if charged.currency != attempt.amount.currency.code() {
        return Err(RefundError::OtherCurrency(charged.currency.clone()));
    }
    Ok(charged.minor)
}

/// Stores the refund, if that much is left: compared and stored in one transaction, so that two commands at once do not
/// give back more than was captured.
async fn write_down(
    state: &AppState,
    order: &Order,
    attempt: &Attempt,
    payable: &PayableBack,
    wish: &Wish,
) -> Result<AskedRefund, RefundError> {
    let now = state.clock.now();
    let mut db = state.pool.begin().await?;
    // A write first, so that two commands, and a command and a notice, queue up.
    if !attempts::move_state(&mut db, &attempt.id, AttemptState::Paid, AttemptState::Paid).await? {
        return Err(RefundError::NothingPaid(order.id.clone()));
    }
    attempts::set_payment(&mut db, &attempt.id, Some(&payable.payment)).await?;
    let untold: i64 = refunds::untold(&mut db, &attempt.id).await?.iter().map(|refund| refund.amount.minor).sum();
    let known = outcome::refunded_of_attempt(&mut db, &attempt.id).await? + untold;
    // The look-up may be older than what a notice told meanwhile.
    let before = known.max(payable.given_back_minor.unwrap_or(0));
    let left = payable.captured_minor - before;
    let amount = amount(wish, Money::new(left, attempt.amount.currency), order)?;
    let everything = amount.minor == left && !has_more_paid(&mut db, order, attempt).await?;
    if wish.restock && !everything {
        return Err(RefundError::RestockNeedsAll);
    }
    let refund = AskedRefund {
        id: token::id(),
        order: order.id.clone(),
        attempt: attempt.id.clone(),
        amount,
        before_minor: payable.given_back_minor.map(|_| before),
        everything,
        restock: wish.restock,
        state: RefundState::Asked,
        tries: 0,
        asked_at: now,
    };
    if !refunds::insert(&mut db, &refund, now + LEASE_MS).await? {
        return Err(RefundError::UnderWay);
    }
    let stock = if wish.restock { " Its things go back into stock." } else { "" };
    let detail = format!("The merchant asks {} to give {amount} back.{stock}", attempt.provider.title());
    journal::write(&mut db, &order.id, now, "refund.asked", &detail).await?;
    db.commit().await?;
    Ok(refund)
}

fn amount(wish: &Wish, left: Money, order: &Order) -> Result<Money, RefundError> {
    if left.minor <= 0 {
        return Err(RefundError::NothingLeft(order.id.clone()));
    }
    let Some(text) = &wish.amount else { return Ok(left) };
    let amount = Money::from_decimal(text, left.currency).filter(|amount| amount.minor > 0);
    let amount = amount.ok_or_else(|| RefundError::NoAmount(text.clone()))?;
    if amount.minor > left.minor { Err(RefundError::TooMuch { amount, left }) } else { Ok(amount) }
}

/// Whether anything else was paid for the order, over another attempt, and not given back.
async fn has_more_paid(db: &mut AnyConnection, order: &Order, attempt: &Attempt) -> Result<bool, sqlx::Error> {
    let paid = attempts::paid_minor(db, &order.id).await? - attempt.amount.minor;
    let given_back = outcome::refunded_minor(db, &order.id).await?;
    Ok(paid > given_back - outcome::refunded_of_attempt(db, &attempt.id).await?)
}
