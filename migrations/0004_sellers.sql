-- Sellers: who sells in this shop besides the merchant, what the payment provider says about them, and what they are
-- paid out. In KOMOJU's words they are sub-merchants and the shop is their platform.

create table sellers (
    -- the provider's name for the seller: KOMOJU's submerchant_id
    id text primary key,
    -- From catalogue.toml. A seller that the provider told of first has its id for a name until the file has it.
    name text not null,
    intro text not null,
    -- what the shop keeps of the seller's price, in whole percent
    fee_percent bigint not null check (fee_percent between 0 and 100),
    -- What the provider said last, why, and when it happened by the provider's clock; 0 while it has said nothing. What
    -- it says is kept even of a seller that the file does not have (yet), so that no order of the two matters.
    standing text not null check (standing in ('applied', 'accepted', 'declined')),
    reason text not null,
    told_at bigint not null,
    position bigint not null,
    -- 0 when catalogue.toml does not name the seller (any more, or yet)
    listed bigint not null check (listed in (0, 1))
);

-- The same for each of a seller's ways to be paid.
create table seller_methods (
    seller text not null references sellers (id),
    -- the provider's own name for it
    method text not null,
    standing text not null check (standing in ('applied', 'accepted', 'declined')),
    reason text not null,
    told_at bigint not null,
    primary key (seller, method)
);

-- null: the shop sells it itself
alter table products add column seller text references sellers (id);

create index products_by_seller on products (seller, position);

-- Who sold it and for which fee, as it was then: an order is divided as it was placed, whatever the file says since.
alter table order_lines add column seller text;
alter table order_lines add column fee_percent bigint not null default 0;

-- What the provider pays out, to a seller or to the shop. Amounts are null where it did not tell them.
create table settlements (
    provider text not null,
    -- the provider's name for it
    settlement text not null,
    -- null: the shop's own account
    seller text references sellers (id),
    reference text not null,
    -- as the provider wrote it: a currency that the shop does not know is shown, not refused
    currency text not null,
    gross_minor bigint,
    fee_minor bigint,
    paid_minor bigint,
    settled_at bigint not null,
    primary key (provider, settlement)
);

create index settlements_by_seller on settlements (seller, settled_at);
