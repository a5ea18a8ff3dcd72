-- What is sold. Filled from catalogue.toml at every start: texts and prices follow the file, stock is set only when a
-- variant is new, because from then on the shop itself counts it.

create table categories (
    slug text primary key,
    name text not null,
    intro text not null,
    position bigint not null
);

create table products (
    slug text primary key,
    category text not null references categories (slug),
    name text not null,
    summary text not null,
    description text not null,
    drawing text not null,
    delivery text not null check (delivery in ('post', 'download')),
    -- the file that a download opens, under downloads/; empty for what is posted
    download text not null,
    position bigint not null,
    -- 0 once the product has left catalogue.toml: old orders still name it
    on_sale bigint not null check (on_sale in (0, 1))
);

create index products_by_category on products (category, position);

create table variants (
    id text primary key,
    product text not null references products (slug),
    label text not null,
    -- Units in the house, and how many of them are kept for payments under way. `held` is the sum of the open holds;
    -- it stands here so that "is there one left" and "keep it" are a single update, which two shoppers cannot both win.
    -- A download has no stock: both stay 0.
    stock bigint not null check (stock >= 0),
    held bigint not null check (held >= 0 and held <= stock),
    position bigint not null,
    on_sale bigint not null check (on_sale in (0, 1))
);

create index variants_by_product on variants (product, position);

-- Minor units of the market's currency.
create table prices (
    variant text not null references variants (id),
    market text not null check (market in ('japan', 'britain', 'europe')),
    minor bigint not null check (minor > 0),
    primary key (variant, market)
);
