-- How many entries an order's journal has. Counting on the order's own row makes writers of one journal wait for each
-- other: two servers that counted the entries instead have both come to the same number, and one lost its transaction.
alter table orders add column journal_entries bigint not null default 0;

update orders set journal_entries =
    (select coalesce(max(position), 0) from journal where journal.order_id = orders.id);
