-- What is on hand in each store, whatever boxes it has.
CREATE OR REPLACE VIEW stock_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, sum(on_hand)::bigint AS on_hand FROM stock GROUP BY tenant, store, sku;

CREATE OR REPLACE VIEW stock_row_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, location, lot, expiry, sum(quantity)::bigint AS quantity, sum(boxes)::bigint AS boxes
FROM stock_row GROUP BY tenant, store, sku, location, lot, expiry HAVING sum(quantity) <> 0 OR sum(boxes) <> 0;

CREATE OR REPLACE VIEW stock_expiring WITH (security_invoker = true) AS
SELECT tenant, store, expiry, sku, location, lot, sum(quantity)::bigint AS quantity
FROM stock_row WHERE expiry <> '' GROUP BY tenant, store, expiry, sku, location, lot HAVING sum(quantity) > 0;

COMMENT ON COLUMN stock_of_store.tenant IS 'Whose store it is.';
COMMENT ON COLUMN stock_of_store.store IS 'The store.';
COMMENT ON COLUMN stock_of_store.sku IS 'The product.';
COMMENT ON COLUMN stock_of_store.on_hand IS 'What is there, in thousandths, in all places.';

COMMENT ON COLUMN stock_row_of_store.tenant IS 'Whose store it is.';
COMMENT ON COLUMN stock_row_of_store.store IS 'The store.';
COMMENT ON COLUMN stock_row_of_store.sku IS 'The product.';
COMMENT ON COLUMN stock_row_of_store.location IS 'The place in the store.';
COMMENT ON COLUMN stock_row_of_store.lot IS 'The lot; empty: none is known.';
COMMENT ON COLUMN stock_row_of_store.expiry IS 'The last day it is good; empty: none is known.';
COMMENT ON COLUMN stock_row_of_store.quantity IS 'What is there, in thousandths, closed boxes and loose.';
COMMENT ON COLUMN stock_row_of_store.boxes IS 'Closed boxes of it.';

COMMENT ON COLUMN stock_expiring.tenant IS 'Whose store it is.';
COMMENT ON COLUMN stock_expiring.store IS 'The store.';
COMMENT ON COLUMN stock_expiring.sku IS 'The product.';
COMMENT ON COLUMN stock_expiring.location IS 'The place in the store.';
COMMENT ON COLUMN stock_expiring.lot IS 'The lot; empty: none is known.';
COMMENT ON COLUMN stock_expiring.expiry IS 'The last day it is good; empty: none is known.';
COMMENT ON COLUMN stock_expiring.quantity IS 'What is there of it, in thousandths.';
