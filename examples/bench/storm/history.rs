//! The orders of a shop that has run for years, with all that hangs on them, written in bulk: one SQL text for both engines.

use super::Engine;
use sqlx::{AnyPool, Executor};

/// What a made-up order is called in each table. Real names are random, so these are scattered as well: each new name
/// falls somewhere among the old ones, and an index is read and written all over. 618033989 does not divide the prime
/// 999999937, so no two numbers are scattered to the same place.
const NAMES: &str = "
    create temporary table names as
    with recursive
        n (i) as (select cast(1 as bigint) union all select i + 1 from n where i < {orders}),
        scattered (i, x) as (select i, (i * 618033989) % 999999937 from n)
    select i, {now} - ({orders} - i) * (94608000000 / {orders}) - 172800000 as at,
        substr('abcdefghijklmnopqrstuvwxyz234567', cast(x % 32 as integer) + 1, 1) ||
        substr('abcdefghijklmnopqrstuvwxyz234567', cast(x / 32 % 32 as integer) + 1, 1) ||
        substr('abcdefghijklmnopqrstuvwxyz234567', cast(x / 1024 % 32 as integer) + 1, 1) ||
        substr('abcdefghijklmnopqrstuvwxyz234567', cast(x / 32768 % 32 as integer) + 1, 1) ||
        substr(cast(1000000000000 + x as text), 2) as name,
        substr('0123456789abcdef', cast(x % 16 as integer) + 1, 1) ||
        substr('0123456789abcdef', cast(x / 16 % 16 as integer) + 1, 1) ||
        substr('0123456789abcdef', cast(x / 256 % 16 as integer) + 1, 1) ||
        substr('0123456789abcdef', cast(x / 4096 % 16 as integer) + 1, 1) ||
        substr('0123456789abcdef', cast(x / 65536 % 16 as integer) + 1, 1) ||
        '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd' || substr(cast(1000000000000 + x as text), 2) as hex,
        case when i % 20 = 0 then 'expired' else 'fulfilled' end as state
    from scattered";

/// One order in twenty has expired; the others are fulfilled. Each had its basket, one attempt, one thing in it and
/// some notices, of which one of two was of no use.
const HISTORY: [&str; 10] = [
    "insert into baskets (id, market, version, contact, created_at, changed_at)
     select hex, 'europe', 2, {contact}, at - 60000, at from names",
    "insert into orders (id, token, token_fingerprint, basket, basket_version, market, state, total_minor, currency,
                         contact, placed_at, changed_at, basket_emptied, journal_entries)
     select 'N-' || upper(name), name || name, hex, hex, 1, 'europe', state, 1200, 'EUR', {contact}, at, at + 60000,
         case when state = 'fulfilled' then 1 else 0 end, case when state = 'fulfilled' then 5 else 4 end
     from names",
    "insert into order_lines (order_id, variant, product, name, label, drawing, delivery, download, quantity, unit_minor)
     select 'N-' || upper(name), 'sold-then', 'sold-then', 'Something that was sold then', '100 g', 'tin', 'post', '', 1,
         1200 from names",
    "insert into attempts (id, order_id, provider, method, state, amount_minor, currency, contact, language, session,
                           page_url, payment, lease_until, seen_stage, seen_at, opened_at, expires_at, asked)
     select name, 'N-' || upper(name), 'komoju', 'credit_card', case when state = 'fulfilled' then 'paid' else state end,
         1200, 'EUR', {contact}, 'en', name || 's', 'https://pay.example/sessions/' || name || 's', name || 'p', 0,
         'paid', at + 50000, at, at + 1800000, 1 from names",
    "insert into holds (attempt, variant, quantity, state)
     select name, (select min(id) from variants), 1, case when state = 'fulfilled' then 'sold' else 'released' end from names",
    "insert into inbox (id, provider, dedupe_key, event, session, body, state, outcome, order_id, tries, next_try_at,
                        lease_until, received_at, settled_at)
     select name || '1', 'komoju', name || 'e1', case when state = 'fulfilled' then 'payment.captured' else 'payment.expired' end,
         name || 's', '{\"id\":\"' || name || 'e1\",' || {body}, 'settled',
         case when state = 'fulfilled' then 'the order is paid and fulfilled' else 'the attempt is over' end,
         'N-' || upper(name), 1, at + 55000, at + 115000, at + 55000, at + 55100 from names",
    "insert into inbox (id, provider, dedupe_key, event, session, body, state, outcome, order_id, tries, next_try_at,
                        lease_until, received_at, settled_at)
     select name || '2', 'komoju', name || 'e2', 'customer.updated', null, '{\"id\":\"' || name || 'e2\",' || {body},
         'settled', 'nothing to do for this event', null, 1, at + 56000, at + 116000, at + 56000, at + 56100 from names",
    "insert into fulfilments (order_id, attempt, packing_slip, receipt, fulfilled_at)
     select 'N-' || upper(name), name, {paper}, {paper}, at + 55100 from names where state = 'fulfilled'",
    "insert into refunds (provider, refund, order_id, attempt, amount_minor, currency, chargeback, refunded_at)
     select 'komoju', name || 'r', 'N-' || upper(name), name, 100, 'EUR', 0, at + 600000 from names where i % 50 = 1",
    "insert into journal (id, order_id, at, position, what, detail)
     select name || cast(position as text), 'N-' || upper(name), at + position * 10000, position, what,
         'A sentence that says what happened to this order and why.'
     from names join (
         select 1 as position, 'order.placed' as what, 'both' as of_state
         union all select 2, 'attempt.begun', 'both' union all select 3, 'attempt.open', 'both'
         union all select 4, 'order.expired', 'expired'
         union all select 4, 'order.paid', 'fulfilled' union all select 5, 'order.fulfilled', 'fulfilled'
     ) entries on entries.of_state in ('both', names.state)",
];

const CONTACT: &str = r#"'{"email":"shopper@example.com","name":"Ada Shopper","street":"1 Harbour Street","city":"Sampleton","postcode":"12345","country":"Netherlands"}'"#;

/// # Errors
/// When the database fails.
pub async fn write(database: &AnyPool, engine: Engine, orders: i64, now: i64) -> anyhow::Result<()> {
    // One connection, because it alone sees its temporary table.
    let mut db = database.acquire().await?.detach();
    if engine == Engine::Sqlite {
        // Nothing of it need survive a power cut, and most of it is wanted in memory: 1 GB.
        db.execute("pragma synchronous = off; pragma cache_size = -1000000;").await?;
    }
    let (body, paper) = (format!("'{}'", "what the provider said; ".repeat(50)), format!("'{}'", "paper ".repeat(60)));
    for statement in [NAMES].iter().chain(&HISTORY) {
        let statement = statement
            .replace("{orders}", &orders.to_string())
            .replace("{now}", &now.to_string())
            .replace("{contact}", CONTACT)
            .replace("{body}", &body)
            .replace("{paper}", &paper);
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut db).await?;
    }
    // What both engines would have done by themselves over the years.
    let tidy = match engine {
        Engine::Sqlite => "pragma wal_checkpoint(truncate)",
        Engine::Postgres => "vacuum analyze; checkpoint",
    };
    for statement in tidy.split("; ") {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut db).await?;
    }
    sqlx::Connection::close(db).await?;
    Ok(())
}
