-- How often a provider was asked for an attempt's page. Where creating a session is not idempotent, a second asking first
-- looks for what the first one made; so it is counted before the call, and survives a crash in the middle of it.
alter table attempts add column asked bigint not null default 0;

-- A notice may name its payment and nothing else.
create index attempts_by_payment on attempts (provider, payment);

-- When the browser came back saying that the shopper is done, from a provider that cannot be asked: nobody may then pay a
-- second time or give the order up, until a webhook says how it ended.
alter table attempts add column came_back_at bigint;
