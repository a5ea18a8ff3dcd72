//! Keeping notices: those that arrive while one commit is under way share the next one.
//!
//! A commit waits for the disk, and one commit for each notice makes its sender wait for all who came before. A notice is
//! still answered for only after the commit that it is in, so nothing is promised sooner than it is true.

use crate::server::orders::notices::{self, Arrival};
use sqlx::AnyPool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// How many notices one commit keeps: those behind them wait no longer than they would wait for the disk.
const AT_ONCE: usize = 200;

/// What waits for its commit. One for each process; its clones are the same one.
#[derive(Clone, Default)]
pub struct Keeping(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<Vec<Waiting>>,
    /// Whoever has it commits.
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    arrival: Arrival,
    answer: oneshot::Sender<bool>,
}

/// The notice may or may not be in the database: its sender must send it again.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the notice could not be kept")]
pub struct NotKept;

impl Keeping {
    /// Stores a notice; once that is on the disk, whether it is new.
    ///
    /// # Errors
    /// When the database fails. Why is in the log.
    pub async fn keep(&self, pool: &AnyPool, arrival: Arrival) -> Result<bool, NotKept> {
        let (answer, answered) = oneshot::channel();
        self.waiting().push(Waiting { arrival, answer });
        // Every arrival asks for a turn, so there are enough of them; most find that somebody has taken theirs along. In
        // a task of its own, because a sender that hangs up ends its request and must not end the others' commit.
        let (keeping, pool) = (self.clone(), pool.clone());
        tokio::spawn(async move { keeping.take_turn(&pool).await });
        answered.await.map_err(|_| NotKept)
    }

    async fn take_turn(&self, pool: &AnyPool) {
        let _turn = self.0.turn.lock().await;
        let mut batch = self.next_batch();
        if batch.is_empty() {
            return;
        }
        // Two processes that are sent the same notices take their rows in the same order, and so never wait for each other.
        batch.sort_by_cached_key(|waiting| waiting.arrival.key());
        match commit(pool, &batch).await {
            Ok(new) => {
                for (waiting, new) in batch.into_iter().zip(new) {
                    // Nobody listens when the sender has hung up.
                    let _ = waiting.answer.send(new);
                }
            }
            // Dropping the batch tells those who wait.
            Err(error) => tracing::error!(%error, notices = batch.len(), "notices could not be kept"),
        }
    }

    fn next_batch(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        let count = waiting.len().min(AT_ONCE);
        waiting.drain(..count).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stores them all or none; which of them are new.
async fn commit(pool: &AnyPool, batch: &[Waiting]) -> Result<Vec<bool>, sqlx::Error> {
    let mut different: Vec<&Arrival> = batch.iter().map(|waiting| &waiting.arrival).collect();
    different.dedup_by_key(|arrival| arrival.key());
    let mut db = pool.acquire().await?;
    // One statement, which is a transaction of its own: PostgreSQL is asked once and not once for each.
    let mut new = notices::insert(&mut db, &different).await?;
    // Of those that are the same, the first one was new.
    Ok(batch.iter().map(|waiting| new.remove(&waiting.arrival.key())).collect())
}

#[cfg(test)]
#[path = "keeping_tests.rs"]
mod tests;
