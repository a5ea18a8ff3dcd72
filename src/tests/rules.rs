//! Every kind of rule in `invariants` finds what breaks it: the books of a good purchase are spoilt in one place at a time.

use crate::invariants;
use crate::shop::{CARD, TEA, TestShop};

/// How the books are spoilt, how they are mended again, and what is then said of them.
const SPOILT: [(&str, &str, &str); 15] = [
    (
        "update attempts set amount_minor = amount_minor - 1",
        "update attempts set amount_minor = amount_minor + 1",
        "no attempt was paid for its whole total",
    ),
    (
        "update attempts set state = 'declined' where state = 'paid'",
        "update attempts set state = 'paid' where state = 'declined'",
        "no attempt was paid for its whole total",
    ),
    (
        "update inbox set outcome = 'x ' || outcome",
        "update inbox set outcome = substr(outcome, 3)",
        "not exactly one settled notice says that it did it",
    ),
    (
        "update orders set state = 'paid' where state = 'fulfilled'",
        "update orders set state = 'fulfilled' where state = 'paid'",
        "was not fulfilled in the same transaction",
    ),
    (
        "update orders set state = 'expired' where state = 'fulfilled'",
        "update orders set state = 'fulfilled' where state = 'expired'",
        "an order was fulfilled, and its state does not say so",
    ),
    (
        "update orders set state = 'refunded' where state = 'fulfilled'",
        "update orders set state = 'fulfilled' where state = 'refunded'",
        "an order's state does not say what was given back",
    ),
    (
        "update orders set state = 'needs_review' where state = 'fulfilled'",
        "update orders set state = 'fulfilled' where state = 'needs_review'",
        "its journal does not say why",
    ),
    (
        "update orders set basket_emptied = 0 where state = 'fulfilled'",
        "update orders set basket_emptied = 1 where state = 'fulfilled'",
        "its things are still in the basket",
    ),
    (
        "update fulfilments set attempt = 'x' || attempt",
        "update fulfilments set attempt = substr(attempt, 2)",
        "neither fulfilled, nor under review, nor given back",
    ),
    (
        "update order_lines set unit_minor = unit_minor + 1",
        "update order_lines set unit_minor = unit_minor - 1",
        "an order costs something else than its lines",
    ),
    (
        "update variants set held = held + 1 where held > 0",
        "update variants set held = held - 1 where held > 0",
        "a variant's held units are not the sum of its holds",
    ),
    (
        "update holds set state = 'released' where state = 'sold'",
        "update holds set state = 'sold' where state = 'released'",
        "a fulfilled order's things are not all sold to it",
    ),
    (
        "update orders set journal_entries = journal_entries + 1",
        "update orders set journal_entries = journal_entries - 1",
        "an order's journal has a gap",
    ),
    (
        "update journal set what = 'x' || what",
        "update journal set what = substr(what, 2)",
        "exactly as often as it was fulfilled",
    ),
    (
        "update inbox set settled_at = null where state = 'settled'",
        "update inbox set settled_at = 1 where state = 'settled'",
        "a notice ended without saying when and how",
    ),
];

#[tokio::test]
async fn the_books_of_a_good_purchase_balance_and_each_way_to_spoil_them_is_found() {
    let shop = TestShop::open().await;
    let units = invariants::units(&shop.state.pool).await;
    let bought = shop.order(&[(TEA, 2)], "credit_card").await;
    assert!(shop.pay(&bought, CARD).await);
    shop.settle().await;
    shop.order(&[(TEA, 1)], "credit_card").await;
    let pool = &shop.state.pool;
    assert_eq!(invariants::check_at_rest(pool).await, Vec::<String>::new());
    for (spoil, mend, sentence) in SPOILT {
        sqlx::query(spoil).execute(pool).await.unwrap();
        let broken = invariants::check(pool).await;
        assert!(broken.iter().any(|broken| broken.contains(sentence)), "{spoil}: {broken:#?}");
        sqlx::query(mend).execute(pool).await.unwrap();
        assert_eq!(invariants::check(pool).await, Vec::<String>::new(), "{mend}");
    }
    assert_eq!(invariants::units(pool).await, units, "buying moves units, and makes or loses none");
    shop.close().await;
}
