//! What news of money sets in motion: the one place where an order becomes paid and is fulfilled.
//!
//! Each function is one transaction that ends the notice together with what it did. If the row was not as it had been
//! read, everything is rolled back and the notice is settled again from the start.

mod division;
mod papers;
pub mod refunds;
mod words;

use super::look_up::ended_as;
use super::{Stage, Standing};
use crate::domain::{Attempt, AttemptState, BasketLine, Instructions, Order, Timestamp};
use crate::server::orders::notices::{self, Waiting};
use crate::server::orders::{self, attempts, baskets, journal, outcome, stock};
use crate::server::state::AppState;
use sqlx::AnyConnection;

/// How long stock waits beyond a slip's deadline: the news of a payment in its last minute takes its time.
const SLIP_GRACE_MS: i64 = 12 * 3_600_000;
/// How long stock waits for a slip whose deadline the provider did not tell: longer than any store or bank gives.
const SLIP_WITHOUT_DEADLINE_MS: i64 = 14 * 24 * 3_600_000;

/// Until when stock is kept for a promise.
pub fn promised_until(instructions: Option<&Instructions>, now: Timestamp) -> Timestamp {
    let deadline = instructions.and_then(|instructions| instructions.deadline);
    deadline.unwrap_or(now + SLIP_WITHOUT_DEADLINE_MS) + SLIP_GRACE_MS
}

/// Why nothing has happened.
#[derive(Debug, thiserror::Error)]
pub enum Setback {
    /// Somebody else changed the same rows meanwhile. Start again from what is there now.
    #[error("somebody was faster")]
    Overtaken,
    #[error(transparent)]
    Database(sqlx::Error),
}

/// PostgreSQL ends one of two transactions that wait for each other (40P01), or that it cannot put in an order (40001).
/// Nothing has failed then: the other one was faster.
impl From<sqlx::Error> for Setback {
    fn from(error: sqlx::Error) -> Setback {
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            Some("40P01" | "40001") => Setback::Overtaken,
            _ => Setback::Database(error),
        }
    }
}

/// Applies what webhook and look-up agree on, and know together.
///
/// # Errors
/// When the database fails, or somebody else changed the same rows: nothing has happened then.
pub async fn apply(state: &AppState, waiting: &Waiting, attempt: &Attempt, told: &Standing) -> Result<(), Setback> {
    let now = state.clock.now();
    let to = AttemptState::from(told.stage);
    match told.stage {
        Stage::Paid => {
            if !pay(state, waiting, attempt, told, now).await? {
                let why = words::sold_out(&attempt.order);
                return surprise(state, waiting, attempt, AttemptState::Paid, told.payment.as_deref(), &why).await;
            }
            Ok(())
        }
        Stage::Authorised => {
            let mut db = state.pool.begin().await?;
            claim(attempts::move_state(&mut db, &attempt.id, attempt.state, to).await?)?;
            attempts::set_payment(&mut db, &attempt.id, told.payment.as_deref()).await?;
            let until = promised_until(told.instructions.as_ref(), now);
            attempts::set_instructions(&mut db, &attempt.id, told.instructions.as_ref(), until).await?;
            // Promised is as good as bought for the basket: people who still saw it full have paid twice
            // (pretix/pretix#1233).
            baskets::empty_basket(&mut db, &attempt.order, now).await?;
            let detail = format!("{} has the shopper's promise; the stock is kept for it.", attempt.provider.title());
            journal::write(&mut db, &attempt.order, now, "attempt.authorised", &detail).await?;
            finish(&mut db, waiting, &attempt.order, "the attempt is authorised", now).await?;
            Ok(db.commit().await?)
        }
        Stage::Declined => {
            let mut db = state.pool.begin().await?;
            claim(attempts::move_state(&mut db, &attempt.id, attempt.state, to).await?)?;
            let detail = "A try was declined. The hosted page may still be open.";
            journal::write(&mut db, &attempt.order, now, "attempt.declined", detail).await?;
            finish(&mut db, waiting, &attempt.order, "the try was declined", now).await?;
            Ok(db.commit().await?)
        }
        Stage::Cancelled | Stage::Expired => {
            let mut db = state.pool.begin().await?;
            let to = ended_as(attempt, to, now);
            end(&mut db, attempt, to, &format!("{} says so.", attempt.provider.title()), now).await?;
            finish(&mut db, waiting, &attempt.order, "the attempt is over", now).await?;
            Ok(db.commit().await?)
        }
        Stage::Pending => Ok(()),
    }
}

/// Turns a compare-and-set that was lost into an error, which rolls the transaction back.
fn claim(won: bool) -> Result<(), Setback> {
    if won { Ok(()) } else { Err(Setback::Overtaken) }
}

async fn finish(
    db: &mut AnyConnection,
    waiting: &Waiting,
    order: &str,
    outcome: &str,
    now: Timestamp,
) -> Result<(), Setback> {
    claim(notices::finish(db, &waiting.id, "settled", outcome, Some(order), now).await?)
}

/// Paid and fulfilled, in one transaction; `false`, and nothing changed, when the stock is gone.
async fn pay(
    state: &AppState,
    waiting: &Waiting,
    attempt: &Attempt,
    told: &Standing,
    now: Timestamp,
) -> Result<bool, Setback> {
    let mut db = state.pool.begin().await?;
    claim(attempts::move_state(&mut db, &attempt.id, attempt.state, AttemptState::Paid).await?)?;
    attempts::set_payment(&mut db, &attempt.id, told.payment.as_deref()).await?;
    let order = orders::by_id(&mut db, &attempt.order).await?.ok_or(Setback::Overtaken)?;
    let Ok(paid) = order.state.pay() else {
        drop(db);
        let why = words::not_payable(&order);
        surprise(state, waiting, attempt, AttemptState::Paid, told.payment.as_deref(), &why).await?;
        return Ok(true);
    };
    // Another attempt at the same order may hold the very units that are now paid for.
    for other in attempts::of_order(&mut db, &order.id).await? {
        if other.id != attempt.id && other.state.is_live() {
            stock::release(&mut db, &other.id).await?;
        }
    }
    if !stock::sell(&mut db, &attempt.id).await? {
        return Ok(false);
    }
    claim(orders::move_state(&mut db, &order.id, order.state, paid, now).await?)?;
    let detail = format!("{} received by {}.", attempt.amount, attempt.provider.title());
    journal::write(&mut db, &order.id, now, "order.paid", &detail).await?;
    fulfil(&mut db, &Order { state: paid, ..order }, attempt, told, now).await?;
    finish(&mut db, waiting, &attempt.order, "the order is paid and fulfilled", now).await?;
    db.commit().await?;
    tracing::info!(order.id = attempt.order, attempt.id = attempt.id, "an order is paid and fulfilled");
    Ok(true)
}

/// Downloads open because the order is fulfilled; the packing slip and the receipt are written here.
async fn fulfil(
    db: &mut AnyConnection,
    order: &Order,
    attempt: &Attempt,
    told: &Standing,
    now: Timestamp,
) -> Result<(), Setback> {
    let next = order.state.fulfil().map_err(|_| Setback::Overtaken)?;
    let lines = orders::lines(db, order).await?;
    let goods: Vec<BasketLine> = lines.iter().map(|line| line.line.clone()).collect();
    division::note(db, attempt, &goods, told, now).await?;
    let packing_slip = papers::packing_slip(order, &lines);
    let receipt = papers::receipt(order, &lines, attempt, now);
    claim(outcome::insert_fulfilment(db, &order.id, &attempt.id, &packing_slip, &receipt, now).await?)?;
    claim(orders::move_state(db, &order.id, order.state, next, now).await?)?;
    baskets::empty_basket(db, &order.id, now).await?;
    let detail = if packing_slip.is_empty() {
        "Downloads are open and the receipt is written."
    } else {
        "Stock is sold; the packing slip and the receipt are written."
    };
    Ok(journal::write(db, &order.id, now, "order.fulfilled", detail).await?)
}

/// Something does not add up: the notice is settled, the order waits for a person.
///
/// # Errors
/// As `apply`.
pub async fn review(
    state: &AppState,
    waiting: &Waiting,
    attempt: &Attempt,
    told: Option<&Standing>,
    why: &str,
) -> Result<(), Setback> {
    // Paid all the same, if not as it should be: what is refunded later must find a payment.
    let paid = told.filter(|told| told.stage == Stage::Paid);
    let to = if paid.is_some() { AttemptState::Paid } else { attempt.state };
    surprise(state, waiting, attempt, to, paid.and_then(|told| told.payment.as_deref()), why).await
}

async fn surprise(
    state: &AppState,
    waiting: &Waiting,
    attempt: &Attempt,
    to: AttemptState,
    payment: Option<&str>,
    why: &str,
) -> Result<(), Setback> {
    let now = state.clock.now();
    let mut db = state.pool.begin().await?;
    claim(attempts::move_state(&mut db, &attempt.id, attempt.state, to).await?)?;
    attempts::set_payment(&mut db, &attempt.id, payment).await?;
    let order = orders::by_id(&mut db, &attempt.order).await?.ok_or(Setback::Overtaken)?;
    claim(orders::move_state(&mut db, &order.id, order.state, order.state.review(), now).await?)?;
    if !to.is_live() {
        stock::release(&mut db, &attempt.id).await?;
    }
    if to == AttemptState::Paid {
        baskets::empty_basket(&mut db, &order.id, now).await?;
    }
    journal::write(&mut db, &order.id, now, "order.needs_review", why).await?;
    finish(&mut db, waiting, &order.id, why, now).await?;
    db.commit().await?;
    tracing::error!(order.id = attempt.order, attempt.id = attempt.id, why, "an order needs review");
    Ok(())
}

/// Ends an attempt that nobody paid: its stock is released, and an order whose last attempt expired expires with it.
/// Does nothing when the attempt is no longer in the state that it was read in.
///
/// # Errors
/// When the database fails.
pub async fn end_attempt(state: &AppState, attempt: &Attempt, to: AttemptState, why: &str) -> Result<(), sqlx::Error> {
    let mut db = state.pool.begin().await?;
    match end(&mut db, attempt, to, why, state.clock.now()).await {
        Ok(()) => db.commit().await,
        Err(Setback::Overtaken) => Ok(()),
        Err(Setback::Database(error)) => Err(error),
    }
}

async fn end(
    db: &mut AnyConnection,
    attempt: &Attempt,
    to: AttemptState,
    why: &str,
    now: Timestamp,
) -> Result<(), Setback> {
    claim(attempts::move_state(db, &attempt.id, attempt.state, to).await?)?;
    stock::release(db, &attempt.id).await?;
    // An order waits for another attempt from when its last one ended.
    orders::lock_awaiting(db, &attempt.order, now).await?;
    journal::write(db, &attempt.order, now, &format!("attempt.{}", to.code()), why).await?;
    let order = orders::by_id(db, &attempt.order).await?.ok_or(Setback::Overtaken)?;
    let others = attempts::of_order(db, &attempt.order).await?;
    if to != AttemptState::Expired || others.iter().any(|other| other.state.is_live()) {
        return Ok(());
    }
    let Ok(expired) = order.state.expire() else { return Ok(()) };
    claim(orders::move_state(db, &order.id, order.state, expired, now).await?)?;
    baskets::renew_basket(db, &order.id, now).await?;
    Ok(journal::write(db, &order.id, now, "order.expired", "Nobody paid in time.").await?)
}
