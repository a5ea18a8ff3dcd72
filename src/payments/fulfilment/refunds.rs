//! Money that went back: counted once, and the order moved when it is news.

use super::{Setback, claim, finish, review};
use crate::domain::{AskedRefund, Attempt, AttemptState, Currency, Money, OrderState, RefundState, Timestamp};
use crate::payments::{Charge, MadeBy, Refunded};
use crate::server::orders::notices::Waiting;
use crate::server::orders::{self, attempts, journal, outcome, refunds as asked, stock};
use crate::server::state::AppState;
use sqlx::AnyConnection;

/// How a provider tells what went back.
pub enum GivenBack<'a> {
    /// Each refund by its own name.
    Each(&'a [Refunded]),
    /// Only how much it is by now.
    InAll(&'a Charge),
}

/// What became of a notice about refunds.
pub enum RefundStep {
    Settled,
    /// The payment itself is not settled yet: events come in any order.
    NotPaidYet,
}

/// Counts each refund once and moves the order when money went back.
///
/// # Errors
/// When the database fails, or somebody else changed the same rows: nothing has happened then.
pub async fn apply(
    state: &AppState,
    waiting: &Waiting,
    attempt: &Attempt,
    given_back: GivenBack<'_>,
) -> Result<RefundStep, Setback> {
    if attempt.state != AttemptState::Paid {
        return Ok(RefundStep::NotPaidYet);
    }
    let now = state.clock.now();
    let mut db = state.pool.begin().await?;
    // A write first, so that two notices about the same order queue up.
    claim(attempts::move_state(&mut db, &attempt.id, attempt.state, attempt.state).await?)?;
    let mut untold = asked::untold(&mut db, &attempt.id).await?;
    let refunds = match given_back {
        GivenBack::Each(refunds) => refunds.to_vec(),
        GivenBack::InAll(total) => the_rest(&mut db, attempt, total, &untold).await?,
    };
    if let Some(strange) = refunds.iter().find(|refund| amount(refund, attempt).is_none()) {
        drop(db);
        let why = format!("A refund of {} {} came back.", strange.amount.minor, strange.amount.currency);
        review(state, waiting, attempt, None, &why).await?;
        return Ok(RefundStep::Settled);
    }
    let (mut news, mut everything) = (false, false);
    for refund in &refunds {
        if note(&mut db, attempt, refund, now).await? {
            news = true;
            if let Some(ours) = take_ours(&mut untold, refund) {
                settle(&mut db, &ours, now).await?;
                everything |= ours.everything;
            }
        }
    }
    if news {
        move_order(&mut db, attempt, everything, now).await?;
    }
    let outcome = if news { "a refund was noted" } else { "the refund was known" };
    finish(&mut db, waiting, &attempt.order, outcome, now).await?;
    db.commit().await?;
    Ok(RefundStep::Settled)
}

/// What a total says beyond what is known, in the amounts that the merchant asked for and what is left over. Totals only
/// grow, so the total is the refund's name: an older look-up that is settled later finds nothing new in its smaller one.
async fn the_rest(
    db: &mut AnyConnection,
    attempt: &Attempt,
    total: &Charge,
    untold: &[AskedRefund],
) -> Result<Vec<Refunded>, sqlx::Error> {
    let mut known = outcome::refunded_of_attempt(db, &attempt.id).await?;
    let mut refunds = Vec::new();
    for minor in parts(total.minor - known, untold) {
        known += minor;
        let id = format!("{}-{known}", attempt.session.as_deref().unwrap_or(&attempt.id));
        let amount = Charge { minor, currency: total.currency.clone() };
        refunds.push(Refunded { id, amount, chargeback: false, made_by: MadeBy::Unsaid });
    }
    Ok(refunds)
}

fn parts(rest: i64, untold: &[AskedRefund]) -> Vec<i64> {
    if rest <= 0 || untold.iter().any(|ours| ours.amount.minor == rest) {
        return (rest > 0).then_some(rest).into_iter().collect();
    }
    let mut left = rest;
    let mut parts = Vec::new();
    for ours in untold {
        if ours.amount.minor <= left {
            left -= ours.amount.minor;
            parts.push(ours.amount.minor);
        }
    }
    parts.extend((left > 0).then_some(left));
    parts
}

/// The merchant's own refund that this is: by its key, or by its amount where the provider passes no key on.
fn take_ours(untold: &mut Vec<AskedRefund>, refund: &Refunded) -> Option<AskedRefund> {
    let is_ours = |ours: &AskedRefund| match &refund.made_by {
        MadeBy::Key(key) => ours.id == *key,
        MadeBy::Others => false,
        MadeBy::Unsaid => !refund.chargeback && ours.amount.minor == refund.amount.minor,
    };
    let place = untold.iter().position(is_ours)?;
    Some(untold.remove(place))
}

/// The end of a refund that the merchant asked for. Things go back into stock because the merchant said so, and never
/// because somebody else gave the money back.
async fn settle(db: &mut AnyConnection, ours: &AskedRefund, now: Timestamp) -> Result<(), Setback> {
    claim(asked::move_state(db, &ours.id, ours.state, RefundState::Settled, "A webhook told of it.").await?)?;
    if ours.restock {
        let units = stock::put_back(db, &ours.order).await?;
        let detail = format!("Back in stock, as the merchant said: {units}.");
        journal::write(db, &ours.order, now, "order.restocked", &detail).await?;
    }
    Ok(())
}

fn amount(refund: &Refunded, attempt: &Attempt) -> Option<Money> {
    let currency = Currency::from_code(&refund.amount.currency)?;
    let amount = Money::new(refund.amount.minor, currency);
    (currency == attempt.amount.currency && amount.minor > 0).then_some(amount)
}

/// `false` when it was known.
async fn note(
    db: &mut AnyConnection,
    attempt: &Attempt,
    refund: &Refunded,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let Some(amount) = amount(refund, attempt) else { return Ok(false) };
    let new = outcome::insert_refund(db, attempt, &refund.id, amount, refund.chargeback, now).await?;
    if new {
        let by = if refund.chargeback { "taken back by the shopper's bank" } else { "given back" };
        journal::write(db, &attempt.order, now, "order.refund", &format!("{amount} {by}.")).await?;
    }
    Ok(new)
}

async fn move_order(
    db: &mut AnyConnection,
    attempt: &Attempt,
    everything: bool,
    now: Timestamp,
) -> Result<(), Setback> {
    let order = orders::by_id(db, &attempt.order).await?.ok_or(Setback::Overtaken)?;
    let refunded = outcome::refunded_minor(db, &order.id).await?;
    let next = after(order.state, refunded, attempts::paid_minor(db, &order.id).await?, everything);
    claim(orders::move_state(db, &order.id, order.state, next, now).await?)?;
    let what = format!("order.{}", next.code());
    Ok(journal::write(db, &order.id, now, &what, "The refunds so far add up to that.").await?)
}

/// Compared with all that was paid: of an order that was paid twice, giving one payment back is not the whole. More back
/// than was paid, or a refund of something never paid, is for a person; unless the merchant gave back everything, which
/// of an order that was not paid as it should be is not its price.
fn after(state: OrderState, refunded_minor: i64, paid_minor: i64, everything: bool) -> OrderState {
    if refunded_minor > paid_minor && !everything {
        return state.review();
    }
    state.refund(everything || refunded_minor == paid_minor).unwrap_or_else(|_| state.review())
}
