//! Whether each order was fulfilled exactly once: a fast shop that does it twice, or not at all, has no figures.

use anyhow::ensure;
use sqlx::AnyPool;

/// What to count, in the order of `Sent::wanted`.
const QUERIES: [(&str, &str); 7] = [
    ("orders are fulfilled", "select count(*) from orders where state = 'fulfilled'"),
    ("fulfilments are stored", "select count(*) from fulfilments"),
    ("fulfilments are in the journal", "select count(*) from journal where what = 'order.fulfilled'"),
    ("notices were kept", "select count(*) from inbox"),
    ("notices are settled", "select count(*) from inbox where state = 'settled'"),
    ("things were put on the shelf", "select cast(sum(stock) as bigint) from variants"),
    ("things are held", "select cast(sum(held) as bigint) from variants"),
];

pub type Counts = [i64; QUERIES.len()];

/// What was sent to a shop.
pub struct Sent {
    /// Each of one thing, paid and told of.
    pub orders: i64,
    /// Each counted once, however often it came.
    pub notices: i64,
}

impl Sent {
    fn wanted(&self) -> Counts {
        let Sent { orders, notices } = *self;
        [orders, orders, orders, notices, notices, -orders, 0]
    }
}

/// What the database holds, before the first order is placed.
///
/// # Errors
/// When the database fails.
pub async fn take(database: &AnyPool) -> anyhow::Result<Counts> {
    let mut counts = Counts::default();
    for (counted, (_, query)) in counts.iter_mut().zip(QUERIES) {
        *counted = count(database, query).await?;
    }
    Ok(counts)
}

/// # Errors
/// When something is missing, or there twice.
pub async fn each_exactly_once(database: &AnyPool, before: &Counts, sent: &Sent) -> anyhow::Result<()> {
    let after = take(database).await?;
    for (((what, _), wanted), (after, before)) in QUERIES.iter().zip(sent.wanted()).zip(after.iter().zip(before)) {
        let found = after - before;
        ensure!(found == wanted, "{found} {what}, and {wanted} should be");
    }
    Ok(())
}

/// # Errors
/// When the database fails.
pub async fn count(database: &AnyPool, query: &'static str) -> anyhow::Result<i64> {
    Ok(sqlx::query_scalar(query).fetch_one(database).await?)
}
