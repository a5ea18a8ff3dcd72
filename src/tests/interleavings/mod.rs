//! Any interleaving of any notices, for all four companies' ways to tell: whatever comes, how often, in which order, and
//! who dies while at it, in the end every order's state is one that it may be in and the books balance.
//!
//! The inbox, the door, the checkout, the sweep and the database are the shop's own; only the companies are made up, so
//! that they can tell what no simulator would. `PROPTEST_CASES=5000` tries more.

mod case;
mod company;
mod moves;
mod steps;

use crate::invariants;
use case::{Case, Ground};
use moves::{Move, any_move};
use noren::domain::{OrderState, ProviderName};
use noren::payments::{Stage, inbox, sweep};
use noren::server::orders;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use sqlx::Row;

/// How many sequences each test tries, and how long the longest is.
const CASES: u32 = 30;
const LONGEST: usize = 45;
/// The same on PostgreSQL, where each statement goes to another process and back.
const CASES_AFAR: u32 = 10;

impl Case<'_> {
    /// Every order went one legal way at a time, and its journal only grew.
    async fn look(&mut self) -> Result<(), TestCaseError> {
        for token in self.orders().await {
            let mut db = self.state.pool.acquire().await.unwrap();
            let order = orders::by_token(&mut db, &token).await.unwrap().unwrap();
            let journal = orders::journal::read(&mut db, &order.id).await.unwrap();
            prop_assert!(journal.is_sorted_by_key(|entry| entry.at), "the journal of {} goes back in time", order.id);
            let lines: Vec<String> = journal.iter().map(|entry| format!("{} {}", entry.at, entry.detail)).collect();
            let new = (order.state, lines);
            if let Some((before, journal)) = self.seen.insert(order.id.clone(), new.clone()) {
                prop_assert!(new.1.starts_with(&journal), "the journal of {} was changed", order.id);
                prop_assert!(may_lead(before, order.state), "{before:?} became {:?}", order.state);
            }
        }
        Ok(())
    }

    /// All is told, again and again; nothing fails any more; and a month passes.
    async fn drain(&mut self) -> Result<(), TestCaseError> {
        {
            let mut books = self.books();
            books.faults.clear();
            books.refuses = false;
            books.sessions.iter_mut().for_each(|session| session.lagging = None);
        }
        for (round, hours) in [0, 0, 1, 5].into_iter().chain([13; 14]).chain([24 * 15, 1, 1]).enumerate() {
            self.clock.turn(hours * 3_600_000 + 61_000);
            for place in 0..if round < 3 { self.books().told.len() } else { 0 } {
                self.deliver(place, Some("the company")).await;
            }
            while inbox::settle_next(&self.state).await.unwrap() {}
            sweep::sweep(&self.state).await.unwrap();
            self.look().await?;
        }
        Ok(())
    }

    async fn balance(&self) -> Result<(), TestCaseError> {
        let broken = invariants::check_at_rest(&self.state.pool).await;
        prop_assert!(broken.is_empty(), "{broken:#?}");
        prop_assert_eq!(&invariants::units(&self.state.pool).await, &self.ground.units, "units came or went");
        Ok(())
    }

    /// The shop's books against the companies'.
    async fn compare(&self) -> Result<(), TestCaseError> {
        let sessions = self.books().sessions.clone();
        for session in sessions {
            let mut db = self.state.pool.acquire().await.unwrap();
            let attempt = orders::attempts::by_id(&mut db, &session.attempt).await.unwrap().unwrap();
            let order = orders::by_id(&mut db, &attempt.order).await.unwrap().unwrap();
            let counted = orders::outcome::refunded_of_attempt(&mut db, &attempt.id).await.unwrap();
            drop(db);
            let sql = "select count(*) from fulfilments where attempt = $1";
            let row = sqlx::query(sql).bind(&attempt.id).fetch_one(&self.state.pool).await.unwrap();
            let fulfilled = row.get::<i64, _>(0) == 1;
            let what = format!("{session:?} {attempt:?} {:?}", order.state);
            if session.provider != ProviderName::Stablemint {
                prop_assert!(!fulfilled || session.is_paid_rightly(), "fulfilled and not paid: {what}");
                prop_assert!(counted <= session.given_back(), "more was counted than went back: {what}");
            }
            if session.stage != Stage::Paid {
                continue;
            }
            use OrderState::{Fulfilled, NeedsReview, PartlyRefunded, Refunded};
            let known = matches!(order.state, Fulfilled | PartlyRefunded | Refunded | NeedsReview);
            prop_assert!(known, "paid, told, and forgotten: {what}");
            prop_assert!(
                fulfilled || matches!(order.state, NeedsReview | Refunded),
                "paid, and neither fulfilled nor for a person nor given back: {what}"
            );
            if session.is_paid_rightly() && !session_is_silent(session.provider) {
                prop_assert_eq!(counted, session.given_back(), "refunds are not all counted: {}", what);
            }
        }
        Ok(())
    }
}

/// StableMint never tells of a refund: it has none.
fn session_is_silent(provider: ProviderName) -> bool {
    provider == ProviderName::Stablemint
}

/// Where an order may get to within one step, which may settle several notices.
fn may_lead(from: OrderState, to: OrderState) -> bool {
    use OrderState::*;
    match from {
        _ if from == to => true,
        AwaitingPayment => to != Paid,
        Expired => matches!(to, Fulfilled | PartlyRefunded | Refunded | NeedsReview),
        Cancelled => matches!(to, NeedsReview | Refunded),
        Fulfilled => matches!(to, PartlyRefunded | Refunded | NeedsReview),
        PartlyRefunded => matches!(to, Refunded | NeedsReview),
        NeedsReview => to == Refunded,
        Refunded => to == NeedsReview,
        Paid => false,
    }
}

async fn play(ground: &Ground, providers: &[ProviderName], steps: &[Move]) -> Result<(), TestCaseError> {
    let mut case = Case::begin(ground, providers).await;
    case.make(&Move::Checkout { shopper: 0, thing: 0, with: 0 }).await;
    for step in steps {
        case.make(step).await;
        case.look().await?;
    }
    let broken = invariants::check(&case.state.pool).await;
    prop_assert!(broken.is_empty(), "half-way: {broken:#?}");
    case.drain().await?;
    case.balance().await?;
    case.compare().await
}

fn any_interleaving(providers: &[ProviderName]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ground = runtime.block_on(Ground::new());
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let usual = if std::env::var_os("TEST_DATABASE_URL").is_some() { CASES_AFAR } else { CASES };
    let cases = asked.unwrap_or(usual);
    let config =
        ProptestConfig { cases, max_shrink_iters: 1_000, failure_persistence: None, ..ProptestConfig::default() };
    let steps = proptest::collection::vec(any_move(), 1..LONGEST);
    let result = TestRunner::new(config).run(&steps, |steps| runtime.block_on(play(&ground, providers, &steps)));
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn any_interleaving_of_komojus_notices_ends_well() {
    any_interleaving(&[ProviderName::Komoju]);
}

#[test]
fn any_interleaving_of_dojos_notices_ends_well() {
    any_interleaving(&[ProviderName::Dojo]);
}

#[test]
fn any_interleaving_of_bpcs_notices_ends_well() {
    any_interleaving(&[ProviderName::Bpc]);
}

#[test]
fn any_interleaving_of_stablemints_notices_ends_well() {
    any_interleaving(&[ProviderName::Stablemint]);
}

#[test]
fn any_interleaving_of_all_their_notices_ends_well() {
    any_interleaving(&ProviderName::ALL);
}
