-- Orders, the attempts to pay them, the stock held meanwhile, and what came of it.

create table orders (
    -- what people call it; opens nothing
    id text primary key,
    token text not null unique,
    -- SHA-256 of the token: what it is looked up by, so that the time a look-up takes tells nothing about a guess
    token_fingerprint text not null unique,
    -- Which basket, in which version. Unique, so that a double click, or two tabs, make one order.
    basket text not null,
    basket_version bigint not null,
    market text not null check (market in ('japan', 'britain', 'europe')),
    state text not null check (state in ('awaiting_payment', 'paid', 'fulfilled', 'cancelled', 'expired',
                                         'partly_refunded', 'refunded', 'needs_review')),
    total_minor bigint not null check (total_minor > 0),
    currency text not null,
    -- JSON
    contact text not null,
    placed_at bigint not null,
    changed_at bigint not null,
    -- 1 once its things have left the basket: at the promise or at the payment, and only once
    basket_emptied bigint not null default 0 check (basket_emptied in (0, 1)),
    unique (basket, basket_version)
);

create index orders_awaiting on orders (state, changed_at);

-- What was sold, for how much, as it was called then.
create table order_lines (
    order_id text not null references orders (id),
    variant text not null,
    product text not null,
    name text not null,
    label text not null,
    drawing text not null,
    delivery text not null,
    download text not null,
    quantity bigint not null check (quantity > 0),
    unit_minor bigint not null check (unit_minor > 0),
    primary key (order_id, variant)
);

create table attempts (
    -- also the idempotency key and the order number at the provider: fresh for each attempt, the same on each try of it
    id text primary key,
    order_id text not null references orders (id),
    provider text not null,
    method text not null,
    state text not null check (state in ('opening', 'open', 'authorised', 'paid', 'declined', 'cancelled', 'expired')),
    amount_minor bigint not null,
    currency text not null,
    -- What the provider is told besides: kept, because a second try under the same key must say the same. JSON.
    contact text not null,
    language text not null,
    session text,
    page_url text,
    payment text,
    -- JSON: what the shopper must still do at a store or a bank
    instructions text,
    -- who is asking the provider for a page, until when; others wait instead of asking twice
    lease_until bigint not null,
    -- what the last look-up said and when: shown to the shopper, never acted upon as payment
    seen_stage text,
    seen_at bigint not null,
    opened_at bigint not null,
    -- until when the stock is kept
    expires_at bigint not null
);

create index attempts_by_order on attempts (order_id, opened_at);
create unique index attempts_by_session on attempts (provider, session);
create index attempts_to_sweep on attempts (state, expires_at);

create table holds (
    attempt text not null references attempts (id),
    variant text not null references variants (id),
    quantity bigint not null check (quantity > 0),
    state text not null check (state in ('held', 'sold', 'released')),
    primary key (attempt, variant)
);

-- What a provider told us and could prove. The body is kept as it came: it may be the only copy (frappe/frappe#21062).
create table inbox (
    id text primary key,
    provider text not null,
    dedupe_key text not null,
    event text not null,
    session text,
    body text not null,
    state text not null check (state in ('received', 'settled', 'dead')),
    -- what settling it did, or why it has not been settled yet
    outcome text not null,
    order_id text,
    tries bigint not null,
    next_try_at bigint not null,
    lease_until bigint not null,
    received_at bigint not null,
    settled_at bigint,
    unique (provider, dedupe_key)
);

create index inbox_due on inbox (state, next_try_at);
create index inbox_by_order on inbox (order_id);

-- One row an order: its key is what makes fulfilment happen once.
create table fulfilments (
    order_id text primary key references orders (id),
    attempt text not null,
    packing_slip text not null,
    receipt text not null,
    fulfilled_at bigint not null
);

create table refunds (
    provider text not null,
    -- the provider's name for it
    refund text not null,
    order_id text not null references orders (id),
    attempt text not null,
    amount_minor bigint not null,
    currency text not null,
    chargeback bigint not null,
    refunded_at bigint not null,
    primary key (provider, refund)
);

create index refunds_by_order on refunds (order_id);

-- What happened to each order and why. Only ever added to.
create table journal (
    id text primary key,
    order_id text not null,
    at bigint not null,
    -- counts the entries of one order, so that those of one millisecond keep their order
    position bigint not null,
    what text not null,
    detail text not null
);

create unique index journal_by_order on journal (order_id, position);

-- Forged webhooks are not stored, only counted.
create table forgeries (
    provider text not null,
    reason text not null,
    count bigint not null,
    last_at bigint not null,
    primary key (provider, reason)
);
