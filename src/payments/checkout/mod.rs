//! From a basket to the hosted page: order → attempt → provider → where to send the browser.
//!
//! Everything is stored before the provider is called, so that a crash, a closed browser or a lost answer leaves an
//! attempt that can be taken up again under the same idempotency key, never a session that nobody knows of.

mod offers;
mod older;
pub mod opening;

use super::Provider;
use crate::domain::{
    Attempt, AttemptState, Basket, BasketLine, Contact, Delivery, Money, Order, OrderState, Problem, Timestamp,
};
use crate::server::orders::{self, attempts, baskets, journal, stock};
use crate::server::state::AppState;
use crate::server::{basket, token};
pub use offers::offers;
use offers::{Choice, offered};
use older::Older;
use sqlx::AnyConnection;
use std::time::Duration;

/// How long a hosted page can be paid on, in seconds. The provider is told so.
pub const PAGE_LIFETIME_SECONDS: i64 = 30 * 60;
/// How long stock is kept after the page's end: the webhook of a last-second payment takes some minutes.
pub const HOLD_GRACE_MS: i64 = 5 * 60 * 1000;
const HOLD_MS: i64 = PAGE_LIFETIME_SECONDS * 1000 + HOLD_GRACE_MS;
/// No page keeps stock for longer, whatever the provider says.
const LONGEST_PAGE_MS: i64 = 24 * 3_600_000;
/// How long a shopper waits for the provider; less than the time of a request.
const PATIENCE: Duration = Duration::from_secs(24);
/// An open page older than this is looked up before it is handed out again: it may be used up.
const FRESH_MS: i64 = 5_000;

/// Where the browser goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The provider's page; its origin is on the provider's allow-list.
    HostedPage(String),
    /// The order's own page, by its token: there is nothing to pay (any more).
    OrderPage(String),
}

/// Checkout: makes the order of this version of the basket, or finds the one that a first click made, and opens a page.
///
/// `basket` is the basket's name in the database, `method` a form's value (`komoju/credit_card`), `language` what the
/// hosted page should speak (`ja` or `en`).
///
/// # Errors
/// What the shopper can mend, or at least read.
pub async fn start(
    state: &AppState,
    basket: &str,
    contact: Contact,
    method: &str,
    language: &str,
) -> Result<Next, Problem> {
    let basket = basket::find(&state.pool, basket).await.map_err(failed)?.ok_or(Problem::BasketEmpty)?;
    let total = basket.total().filter(|total| total.minor > 0).ok_or(Problem::BasketEmpty)?;
    let choice = offered(state, basket.market, total, &basket.lines, method, language).await?;
    if basket.lines.iter().any(|line| line.available < 1) {
        return Err(Problem::SoldOut);
    }
    older::give_up_older(state, &basket).await?;
    let order = place(state, &basket, total, contact).await?;
    pay(state, order, choice).await
}

/// Another attempt at an order that is not paid yet. The older attempt is cancelled at the provider first.
///
/// # Errors
/// As `start`.
pub async fn pay_again(state: &AppState, token: &str, method: &str, language: &str) -> Result<Next, Problem> {
    let order = find(state, token).await?;
    let lines = lines(&mut *state.pool.acquire().await.map_err(failed)?, &order).await?;
    let choice = offered(state, order.market, order.total, &lines, method, language).await?;
    pay(state, order, choice).await
}

/// The shopper gives the order up: the session is ended at the provider and the stock released.
///
/// # Errors
/// `OrderClosed` when it is paid or over; `ProviderBusy` when the provider could not be told.
pub async fn cancel(state: &AppState, token: &str) -> Result<(), Problem> {
    let order = find(state, token).await?;
    if let Some(attempt) = live_attempt(state, &order).await? {
        // A slip or a held card can be taken back; money that is on its way in a bank cannot.
        if attempt.awaits_its_webhook() {
            return Err(Problem::OrderClosed);
        }
        older::retire(state, &order, &attempt).await?;
    }
    let next = order.state.cancel().map_err(|_| Problem::OrderClosed)?;
    let now = state.clock.now();
    let mut db = state.pool.begin().await.map_err(failed)?;
    if !orders::move_state(&mut db, &order.id, order.state, next, now).await.map_err(failed)? {
        return Err(Problem::OrderClosed);
    }
    baskets::renew_basket(&mut db, &order.id, now).await.map_err(failed)?;
    journal::write(&mut db, &order.id, now, "order.cancelled", "The shopper gave the order up.")
        .await
        .map_err(failed)?;
    db.commit().await.map_err(failed)
}

async fn find(state: &AppState, token: &str) -> Result<Order, Problem> {
    let mut db = state.pool.acquire().await.map_err(failed)?;
    orders::by_token(&mut db, token).await.map_err(failed)?.ok_or(Problem::OrderClosed)
}

/// Stores the order of this version of the basket. Of two clicks one inserts it; the other finds it.
async fn place(state: &AppState, basket: &Basket, total: Money, contact: Contact) -> Result<Order, Problem> {
    let now = state.clock.now();
    let order = Order {
        id: token::order_number(),
        token: token::secret(),
        market: basket.market,
        state: OrderState::AwaitingPayment,
        total,
        contact,
        placed_at: now,
    };
    let mut db = state.pool.begin().await.map_err(failed)?;
    if !baskets::lock_basket(&mut db, &basket.id, basket.version).await.map_err(failed)? {
        return Err(Problem::TryAgain);
    }
    if orders::insert(&mut db, &order, &basket.id, basket.version).await.map_err(failed)? {
        for line in &basket.lines {
            orders::insert_line(&mut db, &order.id, line).await.map_err(failed)?;
        }
        let detail = format!("Lines: {}. Total: {}.", basket.lines.len(), order.total);
        journal::write(&mut db, &order.id, now, "order.placed", &detail).await.map_err(failed)?;
        db.commit().await.map_err(failed)?;
        return Ok(order);
    }
    let found = orders::of_basket(&mut db, &basket.id, basket.version).await.map_err(failed)?;
    let found = found.ok_or(Problem::TryAgain)?;
    orders::set_contact(&mut db, &found.id, &order.contact).await.map_err(failed)?;
    db.commit().await.map_err(failed)?;
    Ok(Order { contact: order.contact, ..found })
}

/// Finds or makes the attempt, and its page. In a task of its own: a browser that goes away drops its handler, and the
/// provider's answer must be stored all the same, also when the program is asked to stop meanwhile.
async fn pay(state: &AppState, order: Order, choice: Choice) -> Result<Next, Problem> {
    let (state, tasks) = (state.clone(), state.tasks.clone());
    let task = tasks.spawn(async move { attempt_and_open(&state, &order, &choice).await });
    match tokio::time::timeout(PATIENCE, task).await {
        Ok(Ok(next)) => next,
        Ok(Err(error)) => {
            tracing::error!(%error, "checkout broke off");
            Err(Problem::TryAgain)
        }
        // The task goes on, and the next press finds what it stored.
        Err(_) => Err(Problem::ProviderBusy),
    }
}

async fn attempt_and_open(state: &AppState, order: &Order, choice: &Choice) -> Result<Next, Problem> {
    if order.state != OrderState::AwaitingPayment {
        return Ok(Next::OrderPage(order.token.clone()));
    }
    if let Some(attempt) = live_attempt(state, order).await? {
        match older::keep_or_retire(state, order, attempt, choice).await? {
            Older::Usable(attempt) => return opening::open(state, order, *attempt).await,
            Older::Promised => return Ok(Next::OrderPage(order.token.clone())),
            Older::Gone => {}
        }
    }
    let attempt = begin_attempt(state, order, choice).await?;
    opening::open(state, order, attempt).await
}

async fn live_attempt(state: &AppState, order: &Order) -> Result<Option<Attempt>, Problem> {
    let mut db = state.pool.acquire().await.map_err(failed)?;
    let attempts = attempts::of_order(&mut db, &order.id).await.map_err(failed)?;
    Ok(attempts.into_iter().rfind(|attempt| attempt.state.is_live()))
}

fn provider_of<'a>(state: &'a AppState, attempt: &Attempt) -> Result<&'a dyn Provider, Problem> {
    state.providers.get(attempt.provider).ok_or(Problem::Method)
}

/// Stores a new attempt with its holds, unless a second click did so a moment ago: then that one.
async fn begin_attempt(state: &AppState, order: &Order, choice: &Choice) -> Result<Attempt, Problem> {
    let now = state.clock.now();
    let mut db = state.pool.begin().await.map_err(failed)?;
    if !orders::lock_awaiting(&mut db, &order.id, now).await.map_err(failed)? {
        return Err(Problem::OrderClosed);
    }
    let others = attempts::of_order(&mut db, &order.id).await.map_err(failed)?;
    if let Some(other) = others.into_iter().find(|attempt| attempt.state.is_live()) {
        return Ok(other);
    }
    let attempt = Attempt {
        id: token::id(),
        order: order.id.clone(),
        provider: choice.provider,
        method: choice.method.clone(),
        state: AttemptState::Opening,
        amount: order.total,
        contact: order.contact.clone(),
        language: choice.language.clone(),
        session: None,
        page_url: None,
        payment: None,
        instructions: None,
        came_back: false,
        opened_at: now,
        expires_at: now + HOLD_MS,
    };
    attempts::insert(&mut db, &attempt).await.map_err(failed)?;
    hold_stock(&mut db, order, &attempt, now).await?;
    db.commit().await.map_err(failed)?;
    Ok(attempt)
}

async fn hold_stock(db: &mut AnyConnection, order: &Order, attempt: &Attempt, now: Timestamp) -> Result<(), Problem> {
    let mut lines = lines(db, order).await?;
    // Here too, because an order may wait for days for its next attempt.
    if lines.iter().any(BasketLine::is_withheld) {
        return Err(Problem::SellerDeclined);
    }
    lines.retain(|line| line.delivery == Delivery::Post);
    // In one order for everybody, so that two checkouts never wait for each other.
    lines.sort_by(|one, other| one.variant.cmp(&other.variant));
    for line in lines {
        if !stock::hold(db, &attempt.id, &line.variant, line.quantity).await.map_err(failed)? {
            return Err(Problem::SoldOut);
        }
    }
    let detail = format!("Attempt {} with {}, {}.", attempt.id, attempt.provider.title(), attempt.method);
    journal::write(db, &order.id, now, "attempt.begun", &detail).await.map_err(failed)
}

async fn lines(db: &mut AnyConnection, order: &Order) -> Result<Vec<BasketLine>, Problem> {
    let lines = orders::lines(db, order).await.map_err(failed)?;
    Ok(lines.into_iter().map(|line| line.line).collect())
}

/// The database failed. The log says how; the shopper reads that nothing was charged.
fn failed(error: sqlx::Error) -> Problem {
    tracing::error!(%error, "the database failed during checkout");
    Problem::TryAgain
}
