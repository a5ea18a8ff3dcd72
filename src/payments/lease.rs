//! Leases: who works on a row has it for a few seconds and renews that while the work lasts, so that what a process had
//! when it was killed is taken up by another one, or by the same one started again, within seconds.
//!
//! A lease saves double work and promises nothing: a process that was frozen for longer than its lease goes on beside the
//! one that took over. What keeps things from happening twice is the compare-and-set that ends the work.

use crate::domain::Timestamp;
use crate::server::clock::Clock;
use std::convert::Infallible;
use std::time::Duration;

/// How long a lease lasts that is not renewed, in milliseconds.
pub const LEASE_MS: i64 = 10_000;
const RENEWED_EVERY: Duration = Duration::from_secs(3);

/// Until when who takes a lease now has it.
pub fn until(clock: &dyn Clock) -> Timestamp {
    clock.now() + LEASE_MS
}

/// Does the work under a lease that lasts until `taken_until`, and renews it meanwhile. `renew` moves the lease's end from
/// the one moment to the other, and answers whether it still was there to be moved. One that was lost is not taken back;
/// the work goes on.
pub async fn keeping<T, R>(
    clock: &dyn Clock,
    taken_until: Timestamp,
    work: impl Future<Output = T>,
    renew: impl Fn(Timestamp, Timestamp) -> R,
) -> T
where
    R: Future<Output = Result<bool, sqlx::Error>>,
{
    let renewing = async {
        let mut mine = taken_until;
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            let next = until(clock);
            match renew(mine, next).await {
                Ok(true) => mine = next,
                Ok(false) => break tracing::warn!("a lease was lost to somebody else; the work goes on"),
                Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
            }
        }
        std::future::pending::<Infallible>().await
    };
    // Both at once: a renewal may have to wait for the row that the work is about to commit.
    tokio::select! {
        done = work => done,
        never = renewing => match never {},
    }
}
