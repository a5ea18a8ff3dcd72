-- How often a provider was asked for an attempt's page. Where creating a session is not idempotent, a second asking first
-- looks for what the first one made; so it is counted before the call, and survives a crash in the middle of it.
alter table attempts add column asked bigint not null default 0;

-- A notice may name its payment and nothing else.
create index attempts_by_payment on attempts (provider, payment);
