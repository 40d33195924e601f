-- What is on hand in each store, whatever boxes it has.
CREATE OR REPLACE VIEW stock_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, sum(on_hand)::bigint AS on_hand FROM stock GROUP BY tenant, store, sku;

CREATE OR REPLACE VIEW stock_row_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, location, lot, expiry, sum(quantity)::bigint AS quantity, sum(boxes)::bigint AS boxes
FROM stock_row GROUP BY tenant, store, sku, location, lot, expiry HAVING sum(quantity) <> 0 OR sum(boxes) <> 0;

CREATE OR REPLACE VIEW stock_expiring WITH (security_invoker = true) AS
SELECT tenant, store, expiry, sku, location, lot, sum(quantity)::bigint AS quantity
FROM stock_row WHERE expiry <> '' GROUP BY tenant, store, expiry, sku, location, lot HAVING sum(quantity) > 0;
