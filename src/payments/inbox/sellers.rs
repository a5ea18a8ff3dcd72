//! Settling what a provider tells about sellers: their standing, their accounts, and lines in the journals of orders.
//!
//! A seller that the catalogue does not have is no reason for a dead letter: nothing has failed, and a letter that is dead
//! must be sent again. Sellers apply, and are accepted or declined, before anybody writes their products down; so the
//! shop remembers what it was told, says so in the log, and knows it on the day on which the catalogue has the seller.

use super::super::Subject;
use super::super::fulfilment::Setback;
use super::super::sellers::{Decision, RefundRequest, SellerNews, SellerPayment};
use super::{attempt_of, bury, later};
use crate::domain::{Attempt, Currency, Money};
use crate::server::orders::notices::{self, Waiting};
use crate::server::orders::{attempts, journal};
use crate::server::sellers;
use crate::server::state::AppState;
use sqlx::AnyConnection;

/// Each in one transaction with the end of its notice.
pub async fn settle(
    state: &AppState,
    waiting: &Waiting,
    subject: Option<&Subject>,
    news: &SellerNews,
) -> Result<(), Setback> {
    match news {
        SellerNews::Application { seller, decision } => decide(state, waiting, seller, None, decision).await,
        SellerNews::Method { seller, method, decision } => decide(state, waiting, seller, Some(method), decision).await,
        SellerNews::Settlement { seller, settlement } => {
            let mut db = state.pool.begin().await?;
            if let Some(seller) = seller {
                meet(&mut db, seller).await?;
            }
            let provider = waiting.provider;
            let new = sellers::insert_settlement(&mut db, provider, seller.as_deref(), settlement, waiting.received_at)
                .await?;
            let outcome = if new { "the settlement is in the account" } else { "the settlement was known" };
            finish(state, &mut db, waiting, None, outcome).await?;
            Ok(db.commit().await?)
        }
        SellerNews::Payment { seller, payment } => {
            let attempt = match subject {
                Some(subject) => attempt_of(state, waiting.provider, subject).await?,
                None => None,
            };
            // Its session or order number may be the seller's own; the payment's name is the same in both accounts.
            let by_payment = Subject::Payment(payment.payment.clone());
            let attempt = match attempt {
                Some(attempt) => Some(attempt),
                None => attempt_of(state, waiting.provider, &by_payment).await?,
            };
            note(state, waiting, seller, attempt, "seller.payment", |name| payment_words(name, payment)).await
        }
        SellerNews::RefundRequest { seller, request } => {
            let Some(subject) = subject else {
                return bury(state, waiting, None, "it names no payment, so it is about no order of this shop").await;
            };
            let attempt = attempt_of(state, waiting.provider, subject).await?;
            note(state, waiting, seller, attempt, "seller.refund_request", |name| request_words(name, request)).await
        }
    }
}

async fn meet(db: &mut AnyConnection, seller: &str) -> Result<(), Setback> {
    if sellers::meet(db, seller).await? {
        tracing::warn!(seller, "the provider told of a seller that catalogue.toml does not have");
    }
    Ok(())
}

/// Of a seller, or of one of its ways to be paid.
async fn decide(
    state: &AppState,
    waiting: &Waiting,
    seller: &str,
    method: Option<&str>,
    decision: &Decision,
) -> Result<(), Setback> {
    let row = sellers::Decision {
        standing: decision.standing,
        reason: &decision.reason,
        told_at: decision.told_at.unwrap_or(waiting.received_at),
    };
    let mut db = state.pool.begin().await?;
    meet(&mut db, seller).await?;
    let new = match method {
        Some(method) => sellers::decide_method(&mut db, seller, method, row).await?,
        None => sellers::decide(&mut db, seller, row).await?,
    };
    let what = method.map_or_else(|| seller.to_owned(), |method| format!("{seller}, {method},"));
    let outcome = match new {
        true => format!("{what} is {}", decision.standing.code()),
        false => "a younger decision is known".to_owned(),
    };
    finish(state, &mut db, waiting, None, &outcome).await?;
    db.commit().await?;
    tracing::info!(seller, method, standing = decision.standing.code(), new, "the provider decided about a seller");
    Ok(())
}

/// A line in the journal of the order that it is about.
async fn note(
    state: &AppState,
    waiting: &Waiting,
    seller: &str,
    attempt: Option<Attempt>,
    what: &str,
    words: impl FnOnce(&str) -> String,
) -> Result<(), Setback> {
    // The notice of the platform's own account, which names the payment, may still be on its way.
    let Some(attempt) = attempt else {
        return later(state, waiting, None, "no attempt that it could be about is known yet").await;
    };
    let mut db = state.pool.begin().await?;
    // A write to the attempt first, so that two notices about the same order queue up.
    if !attempts::move_state(&mut db, &attempt.id, attempt.state, attempt.state).await? {
        return Err(Setback::Overtaken);
    }
    meet(&mut db, seller).await?;
    let name = sellers::by_id(&mut db, seller).await?.map_or_else(|| seller.to_owned(), |seller| seller.name);
    journal::write(&mut db, &attempt.order, state.clock.now(), what, &words(&name)).await?;
    finish(state, &mut db, waiting, Some(&attempt.order), "it is in the order's journal").await?;
    Ok(db.commit().await?)
}

async fn finish(
    state: &AppState,
    db: &mut AnyConnection,
    waiting: &Waiting,
    order: Option<&str>,
    outcome: &str,
) -> Result<(), Setback> {
    let won = notices::finish(db, &waiting.id, "settled", outcome, order, state.clock.now()).await?;
    if won { Ok(()) } else { Err(Setback::Overtaken) }
}

fn payment_words(name: &str, payment: &SellerPayment) -> String {
    let money = |minor: i64| match Currency::from_code(&payment.currency) {
        Some(currency) => Money::new(minor, currency).to_string(),
        None => format!("{minor} {}", payment.currency),
    };
    let mut text = format!("{name}’s account: {}.", payment.what);
    for share in &payment.shares {
        text += &format!(" {}: {}, fee {}.", share.seller, money(share.amount_minor), money(share.fee_minor));
    }
    if payment.given_back_minor > 0 {
        text += &format!(" Given back so far: {}.", money(payment.given_back_minor));
    }
    text
}

fn request_words(name: &str, request: &RefundRequest) -> String {
    format!("{name}’s account: the refund request {} is {}.", request.id, request.status)
}
