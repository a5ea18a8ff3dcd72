-- Indexes for what is looked for among all the orders of years.

-- Whether an order was paid by another attempt. SQLite, which keeps no statistics, went through all attempts that were
-- ever paid instead, for each live one and every two seconds.
create index attempts_of_order_by_state on attempts (order_id, state);

-- What was given back of one payment.
create index refunds_by_attempt on refunds (attempt);
