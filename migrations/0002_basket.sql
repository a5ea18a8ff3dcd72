-- Baskets. Rows instead of a session blob: two tabs that change different lines do not undo each other.

create table baskets (
    -- the fingerprint of the browser's token, never the token itself
    id text primary key,
    market text not null check (market in ('japan', 'britain', 'europe')),
    -- grows with every change; a checkout belongs to one version
    version bigint not null,
    -- JSON: what the shopper typed at the last checkout, so that a mistake does not cost the whole form
    contact text not null,
    created_at bigint not null,
    changed_at bigint not null
);

create table basket_lines (
    basket text not null references baskets (id) on delete cascade,
    variant text not null references variants (id),
    quantity bigint not null check (quantity between 1 and 99),
    added_at bigint not null,
    primary key (basket, variant)
);
