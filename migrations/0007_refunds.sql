-- Refunds that the merchant asks for, each written down before the provider is called. What a notice tells of, whoever
-- made it, is in `refunds`.
create table asked_refunds (
    -- also the idempotency key, and what the refund is called at the provider where it takes a name of ours
    id text primary key,
    order_id text not null references orders (id),
    attempt text not null references attempts (id),
    amount_minor bigint not null check (amount_minor > 0),
    currency text not null,
    -- what the provider had given back of this payment just before, as it said; null where it does not say
    before_minor bigint,
    -- 1: it is all that is left of what was paid for the order
    everything bigint not null check (everything in (0, 1)),
    -- 1: the order's things go back into stock when a notice settles it
    restock bigint not null check (restock in (0, 1)),
    -- asked: it may have been made or not. made: the provider has said so. settled: a notice has. refused: it was not made.
    state text not null check (state in ('asked', 'made', 'settled', 'refused')),
    -- what is known of it, in a sentence
    outcome text not null,
    -- how often it was taken up
    tries bigint not null,
    -- who is finding out how it ended, until when; and when the sweep does so next
    lease_until bigint not null,
    next_try_at bigint not null,
    asked_at bigint not null
);

-- As long as nobody knows how a refund ended, its order takes no other one.
create unique index one_asked_refund on asked_refunds (order_id) where state = 'asked';
create index asked_refunds_by_attempt on asked_refunds (attempt, state);
create index asked_refunds_due on asked_refunds (state, next_try_at);

-- Since when look-ups have said what they say; when the sweep looks at a live attempt next; and when it complained, once,
-- that no webhook says what the look-ups do.
alter table attempts add column seen_since bigint;
alter table attempts add column look_at bigint not null default 0;
alter table attempts add column alarmed_at bigint;

create index attempts_to_look_at on attempts (state, look_at);
