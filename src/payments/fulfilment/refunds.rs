//! Money that went back: counted once, and the order moved when it is news.

use super::{Setback, claim, finish, review};
use crate::domain::{Attempt, AttemptState, Currency, Money, OrderState, Timestamp};
use crate::payments::{Charge, Refunded};
use crate::server::orders::notices::Waiting;
use crate::server::orders::{self, attempts, journal, outcome};
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
    let refunds = match given_back {
        GivenBack::Each(refunds) => refunds.to_vec(),
        GivenBack::InAll(total) => the_rest(&mut db, attempt, total).await?.into_iter().collect(),
    };
    if let Some(strange) = refunds.iter().find(|refund| amount(refund, attempt).is_none()) {
        drop(db);
        let why = format!("A refund of {} {} came back.", strange.amount.minor, strange.amount.currency);
        review(state, waiting, attempt, None, &why).await?;
        return Ok(RefundStep::Settled);
    }
    let mut news = false;
    for refund in &refunds {
        news |= note(&mut db, attempt, refund, now).await?;
    }
    if news {
        move_order(&mut db, attempt, now).await?;
    }
    let outcome = if news { "a refund was noted" } else { "the refund was known" };
    finish(&mut db, waiting, &attempt.order, outcome, now).await?;
    db.commit().await?;
    Ok(RefundStep::Settled)
}

/// What a total says beyond what is known. Totals only grow, so the total is the refund's name: an older look-up that is
/// settled later finds nothing new in its smaller one.
async fn the_rest(db: &mut AnyConnection, attempt: &Attempt, total: &Charge) -> Result<Option<Refunded>, sqlx::Error> {
    let known = outcome::refunded_of_attempt(db, &attempt.id).await?;
    let rest = total.minor - known;
    let id = format!("{}-{}", attempt.session.as_deref().unwrap_or(&attempt.id), total.minor);
    let amount = Charge { minor: rest, currency: total.currency.clone() };
    Ok((rest > 0).then_some(Refunded { id, amount, chargeback: false }))
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

async fn move_order(db: &mut AnyConnection, attempt: &Attempt, now: Timestamp) -> Result<(), Setback> {
    let order = orders::by_id(db, &attempt.order).await?.ok_or(Setback::Overtaken)?;
    let refunded = outcome::refunded_minor(db, &order.id).await?;
    let next = after(order.state, refunded, attempts::paid_minor(db, &order.id).await?);
    claim(orders::move_state(db, &order.id, order.state, next, now).await?)?;
    let what = format!("order.{}", next.code());
    Ok(journal::write(db, &order.id, now, &what, "The refunds so far add up to that.").await?)
}

/// Compared with all that was paid: of an order that was paid twice, giving one payment back is not the whole. More back
/// than was paid, or a refund of something never paid, is for a person.
fn after(state: OrderState, refunded_minor: i64, paid_minor: i64) -> OrderState {
    if refunded_minor > paid_minor {
        return state.review();
    }
    state.refund(refunded_minor == paid_minor).unwrap_or_else(|_| state.review())
}
