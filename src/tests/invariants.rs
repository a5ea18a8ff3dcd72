//! What must be true of the shop's database whatever happened to it: which notices came, in which order, who crashed when.
//!
//! Each rule is one statement that finds whom it is broken for, so that it can also be asked while the shop works, and on
//! both engines. Nothing here uses the shop's own code, which is what is being checked.
//!
//! - [`check`] holds at any time, between any two transactions.
//! - [`check_at_rest`] holds when every notice has come, time has passed, and the inbox and the sweep have nothing to do.
//! - [`units`] does not change: compare it with what it was before.

// Each test binary that includes this file uses a part of it.
#![allow(dead_code)]

use sqlx::{AnyPool, Row};
use std::collections::BTreeMap;

/// A sentence that is to be false, and a query that answers whom it is true of.
type Rule = (&'static str, &'static str);

/// The rules that are broken now, as sentences with the names of those concerned; empty when all is well.
///
/// # Panics
/// When the database cannot be asked.
pub async fn check(pool: &AnyPool) -> Vec<String> {
    let mut broken = Vec::new();
    for rules in [FULFILMENT, MONEY, STOCK, BOOKS] {
        broken.extend(broken_among(pool, rules).await);
    }
    broken
}

/// As [`check`], with what is true only when nothing is left to do.
///
/// # Panics
/// As [`check`].
pub async fn check_at_rest(pool: &AnyPool) -> Vec<String> {
    let mut broken = check(pool).await;
    broken.extend(broken_among(pool, AT_REST).await);
    broken
}

/// Units of each variant in the house and sold. Buying moves them from the one to the other, so their sum stays.
///
/// # Panics
/// As [`check`].
pub async fn units(pool: &AnyPool) -> BTreeMap<String, i64> {
    let sql = "select v.id, cast(v.stock + coalesce((select sum(h.quantity) from holds h
                   where h.variant = v.id and h.state = 'sold'), 0) as bigint) as units from variants v";
    let rows = sqlx::query(sql).fetch_all(pool).await.expect("the variants can be read");
    let pair = |row: &sqlx::any::AnyRow| Ok((row.try_get("id")?, row.try_get("units")?));
    rows.iter().map(pair).collect::<Result<_, sqlx::Error>>().expect("a name and a number")
}

async fn broken_among(pool: &AnyPool, rules: &[Rule]) -> Vec<String> {
    let mut broken = Vec::new();
    for (sentence, sql) in rules {
        let rows = sqlx::query(*sql).fetch_all(pool).await.unwrap_or_else(|error| panic!("{sentence}: {error}"));
        let names = rows.iter().map(|row| row.try_get::<String, _>(0).expect("a name"));
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            broken.push(format!("{sentence}: {}", names.join(", ")));
        }
    }
    broken
}

/// Fulfilled once, only because a notice said paid, and everything with it.
const FULFILMENT: &[Rule] = &[
    (
        "an order is fulfilled, and no attempt was paid for its whole total",
        "select f.order_id from fulfilments f join orders o on o.id = f.order_id
           left join attempts a on a.id = f.attempt and a.order_id = f.order_id
         where a.id is null or a.state <> 'paid' or a.amount_minor <> o.total_minor or a.currency <> o.currency",
    ),
    (
        "an order is fulfilled, and not exactly one settled notice says that it did it",
        "select f.order_id from fulfilments f
         where 1 <> (select count(*) from inbox i where i.order_id = f.order_id and i.state = 'settled'
                       and i.outcome = 'the order is paid and fulfilled' and i.received_at <= f.fulfilled_at)",
    ),
    (
        "a notice says that it fulfilled an order, and the order is not fulfilled",
        "select i.id from inbox i where i.outcome = 'the order is paid and fulfilled'
           and not exists (select 1 from fulfilments f where f.order_id = i.order_id)",
    ),
    (
        "an order's state says that it was fulfilled, and it was not",
        "select o.id from orders o where o.state in ('fulfilled', 'partly_refunded')
           and not exists (select 1 from fulfilments f where f.order_id = o.id)",
    ),
    (
        "an order was fulfilled, and its state does not say so",
        "select o.id from orders o join fulfilments f on f.order_id = o.id
         where o.state in ('awaiting_payment', 'paid', 'cancelled', 'expired')",
    ),
    ("an order is paid, and was not fulfilled in the same transaction", "select id from orders where state = 'paid'"),
    (
        "an order's journal does not tell of its payment and its fulfilment exactly as often as it was fulfilled",
        "select o.id from orders o where exists (
           select 1 from (select 'order.paid' as what union select 'order.fulfilled') told
           where (select count(*) from journal j where j.order_id = o.id and j.what = told.what)
                 <> (select count(*) from fulfilments f where f.order_id = o.id))",
    ),
    (
        "an order is fulfilled, and its things are still in the basket",
        "select o.id from orders o join fulfilments f on f.order_id = o.id where o.basket_emptied = 0",
    ),
];

/// No money is forgotten, and what went back adds up.
const MONEY: &[Rule] = &[
    (
        "money was received that is neither fulfilled, nor under review, nor given back",
        "select a.id from attempts a join orders o on o.id = a.order_id
         where a.state = 'paid' and o.state not in ('needs_review', 'refunded')
           and not exists (select 1 from fulfilments f where f.attempt = a.id)",
    ),
    (
        "an attempt asks for something else than its order costs",
        "select a.id from attempts a join orders o on o.id = a.order_id
         where a.amount_minor <> o.total_minor or a.currency <> o.currency",
    ),
    (
        "an order costs something else than its lines",
        "select o.id from orders o
         where o.total_minor <> (select sum(l.quantity * l.unit_minor) from order_lines l where l.order_id = o.id)",
    ),
    (
        "a refund is of an attempt that was not paid, or of another order or currency, or of nothing",
        "select r.refund from refunds r left join attempts a on a.id = r.attempt
         where a.id is null or a.state <> 'paid' or a.order_id <> r.order_id or a.provider <> r.provider
            or a.currency <> r.currency or r.amount_minor <= 0",
    ),
    (
        "an order's state does not say what was given back",
        "select id from (
           select o.id, o.state, (select count(*) from fulfilments f where f.order_id = o.id) as fulfilled,
                  coalesce((select sum(r.amount_minor) from refunds r where r.order_id = o.id), 0) as back,
                  coalesce((select sum(a.amount_minor) from attempts a where a.order_id = o.id and a.state = 'paid'), 0)
                    as paid from orders o) sums
         where (state = 'refunded' and (back <= 0 or (back <> paid and fulfilled = 1))) or (state = 'partly_refunded' and (back <= 0 or back >= paid))
            or (state = 'fulfilled' and back <> 0)",
    ),
];

/// Stock is held, sold or free, and never two of these.
const STOCK: &[Rule] = &[
    (
        "a variant's stock is negative, or more of it is held than there is",
        "select id from variants where stock < 0 or held < 0 or held > stock",
    ),
    (
        "a variant's held units are not the sum of its holds",
        "select v.id from variants v where v.held <>
           coalesce((select sum(h.quantity) from holds h where h.variant = v.id and h.state = 'held'), 0)",
    ),
    (
        "an attempt is over and still holds stock",
        "select a.id from attempts a where a.state in ('paid', 'cancelled', 'expired')
           and exists (select 1 from holds h where h.attempt = a.id and h.state = 'held')",
    ),
    (
        "stock is sold to an attempt that fulfilled nothing",
        "select h.attempt from holds h where h.state = 'sold'
           and not exists (select 1 from fulfilments f where f.attempt = h.attempt)",
    ),
    (
        "a fulfilled order's things are not all sold to it, and were not taken back",
        "select l.order_id from order_lines l join fulfilments f on f.order_id = l.order_id
         where l.delivery = 'post' and not exists (select 1 from holds h where h.attempt = f.attempt
                                     and h.variant = l.variant and h.quantity = l.quantity and h.state = 'sold')
           and not exists (select 1 from asked_refunds r where r.order_id = l.order_id and r.restock = 1
                             and r.state = 'settled')",
    ),
    (
        "an order has two attempts that can be paid",
        "select a.order_id from attempts a where a.state in ('opening', 'open', 'authorised', 'declined')
         group by a.order_id having count(*) > 1",
    ),
];

/// What is written down is complete.
const BOOKS: &[Rule] = &[
    (
        "an order's journal has a gap",
        "select o.id from orders o
         where o.journal_entries <> (select count(*) from journal j where j.order_id = o.id)
            or o.journal_entries <> (select coalesce(max(j.position), 0) from journal j where j.order_id = o.id)
            or 1 <> (select coalesce(min(j.position), 0) from journal j where j.order_id = o.id)",
    ),
    (
        "the journal tells of an order that does not exist",
        "select j.id from journal j where not exists (select 1 from orders o where o.id = j.order_id)",
    ),
    (
        "an order is under review, and its journal does not say why",
        "select o.id from orders o where o.state = 'needs_review'
           and not exists (select 1 from journal j where j.order_id = o.id and j.what = 'order.needs_review')",
    ),
    (
        "a notice ended without saying when and how, or did not end and says when",
        "select id from inbox where (state <> 'received' and (settled_at is null or outcome = ''))
            or (state = 'received' and settled_at is not null)",
    ),
];

/// What is left when nothing is left to do.
const AT_REST: &[Rule] = &[
    ("a notice still waits", "select id from inbox where state = 'received'"),
    (
        "an order is over, and an attempt at it can still be paid",
        "select a.id from attempts a join orders o on o.id = a.order_id
         where a.state in ('opening', 'open', 'authorised', 'declined')
           and o.state not in ('awaiting_payment', 'needs_review')",
    ),
    (
        "an order was paid, and another attempt at it can still be paid",
        "select a.id from attempts a where a.state in ('opening', 'open', 'authorised', 'declined')
           and exists (select 1 from attempts paid where paid.order_id = a.order_id and paid.state = 'paid')",
    ),
];
