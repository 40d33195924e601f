-- How each place stands by its levels, whatever boxes the store has: as `edge.goods.stock.rules.status`, but by the figures
-- alone. The store itself says `low` until a tenth above the point, and `excess` until a tenth below its bound.
CREATE OR REPLACE VIEW stock_level_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, location, par, reorder, available,
       CASE WHEN available <= greatest(0, reorder / 2) THEN 'critical' WHEN available <= reorder THEN 'low'
            WHEN par > 0 AND on_hand * 20 > par * 30 THEN 'excess' ELSE 'normal' END AS status
FROM (
    SELECT tenant, store, sku, location, max(par) AS par, max(reorder) AS reorder, sum(held)::bigint AS on_hand,
           CASE WHEN bool_or(apart) THEN 0 ELSE sum(quantity)::bigint END AS available
    FROM (
        SELECT l.tenant, l.store, l.sku, l.location, l.par, l.reorder, q.id IS NOT NULL AS apart, 0::bigint AS quantity,
               0::bigint AS held
        FROM stock_level l LEFT JOIN stock_location q
             ON q.tenant = l.tenant AND q.store = l.store AND q.device = l.device AND q.id = l.location
                AND q.kind = 'quarantine'
        UNION ALL
        SELECT tenant, store, sku, location, NULL, NULL, false, quantity, quantity FROM stock_row
        UNION ALL
        SELECT tenant, store, sku, location, NULL, NULL, false, -quantity, 0 FROM stock_claim WHERE kind = 'reserved'
    ) part GROUP BY tenant, store, sku, location HAVING max(par) IS NOT NULL
) whole;

-- What is on hand in each store, whatever boxes it has, what of it may be sold, what is on its way there, and how it
-- stands: by the worst of its levels, without any by its minimum. `here`: products that the store only sells are not.
CREATE OR REPLACE VIEW stock_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, on_hand, reserved, on_order, available,
       CASE WHEN worst IS NOT NULL THEN (ARRAY['critical', 'low', 'excess', 'normal'])[worst]
            WHEN NOT watched THEN '' WHEN minimum <= 0 THEN 'normal' WHEN available * 2 <= minimum THEN 'critical'
            WHEN available < minimum THEN 'low' WHEN on_hand > 3 * minimum THEN 'excess' ELSE 'normal' END AS status,
       next_expiry
FROM (
    SELECT tenant, store, sku, sum(on_hand)::bigint AS on_hand, sum(reserved)::bigint AS reserved,
           sum(on_order)::bigint AS on_order, sum(on_hand - reserved - apart)::bigint AS available,
           bool_or(watched) AS watched, min(expiry) AS next_expiry, min(level) AS worst, max(minimum) AS minimum
    FROM (
        SELECT tenant, store, sku, true AS here, on_hand, watched, 0::bigint AS reserved, 0::bigint AS on_order,
               0::bigint AS apart, NULL AS expiry, NULL::int AS level, 0::bigint AS minimum
        FROM stock
        UNION ALL
        SELECT tenant, store, sku, true, 0, false, CASE kind WHEN 'reserved' THEN quantity ELSE 0 END,
               CASE kind WHEN 'ordered' THEN quantity ELSE 0 END, 0, NULL, NULL, 0
        FROM stock_claim
        UNION ALL
        SELECT r.tenant, r.store, r.sku, true, 0, false, 0, 0, CASE WHEN q.id IS NULL THEN 0 ELSE r.quantity END,
               CASE WHEN r.expiry <> '' AND r.quantity > 0 THEN r.expiry END, NULL, 0
        FROM stock_row r LEFT JOIN stock_location q
             ON q.tenant = r.tenant AND q.store = r.store AND q.device = r.device AND q.id = r.location
                AND q.kind = 'quarantine'
        UNION ALL
        SELECT tenant, store, sku, true, 0, false, 0, 0, 0, NULL,
               array_position(ARRAY['critical', 'low', 'excess', 'normal'], status), 0
        FROM stock_level_of_store
        UNION ALL
        SELECT tenant, store, sku, false, 0, false, 0, 0, 0, NULL, NULL, minimum FROM product
    ) part GROUP BY tenant, store, sku HAVING bool_or(here)
) whole;

CREATE OR REPLACE VIEW stock_row_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, location, lot, expiry, sum(quantity)::bigint AS quantity, sum(boxes)::bigint AS boxes
FROM stock_row GROUP BY tenant, store, sku, location, lot, expiry HAVING sum(quantity) <> 0 OR sum(boxes) <> 0;

CREATE OR REPLACE VIEW stock_expiring WITH (security_invoker = true) AS
SELECT tenant, store, expiry, sku, location, lot, sum(quantity)::bigint AS quantity
FROM stock_row WHERE expiry <> '' GROUP BY tenant, store, expiry, sku, location, lot HAVING sum(quantity) > 0;

COMMENT ON COLUMN stock_of_store.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN stock_of_store.store IS 'The store.';
COMMENT ON COLUMN stock_of_store.sku IS 'The product.';
COMMENT ON COLUMN stock_of_store.on_hand IS 'Stock on hand in all locations, in thousandths.';

COMMENT ON COLUMN stock_of_store.reserved IS 'Reserved quantity in thousandths.';
COMMENT ON COLUMN stock_of_store.on_order IS 'Quantity on order, in thousandths.';
COMMENT ON COLUMN stock_of_store.available IS 'Available quantity (not reserved or in quarantine), in thousandths.';
COMMENT ON COLUMN stock_of_store.status IS 'critical, low, excess or normal; empty: not monitored.';
COMMENT ON COLUMN stock_of_store.next_expiry IS 'Next expiry date; NULL: unknown.';

COMMENT ON COLUMN stock_level_of_store.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN stock_level_of_store.store IS 'The store.';
COMMENT ON COLUMN stock_level_of_store.sku IS 'The product.';
COMMENT ON COLUMN stock_level_of_store.location IS 'Stock location.';
COMMENT ON COLUMN stock_level_of_store.par IS 'Par level in thousandths.';
COMMENT ON COLUMN stock_level_of_store.reorder IS 'Reorder point in thousandths.';
COMMENT ON COLUMN stock_level_of_store.available IS 'Available quantity (not reserved or in quarantine), in thousandths.';
COMMENT ON COLUMN stock_level_of_store.status IS 'critical, low, excess or normal.';

COMMENT ON COLUMN stock_row_of_store.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN stock_row_of_store.store IS 'The store.';
COMMENT ON COLUMN stock_row_of_store.sku IS 'The product.';
COMMENT ON COLUMN stock_row_of_store.location IS 'Stock location.';
COMMENT ON COLUMN stock_row_of_store.lot IS 'Lot; empty: unknown.';
COMMENT ON COLUMN stock_row_of_store.expiry IS 'Expiry date; empty: unknown.';
COMMENT ON COLUMN stock_row_of_store.quantity IS 'Quantity including unopened cases, in thousandths.';
COMMENT ON COLUMN stock_row_of_store.boxes IS 'Unopened cases.';

COMMENT ON COLUMN stock_expiring.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN stock_expiring.store IS 'The store.';
COMMENT ON COLUMN stock_expiring.sku IS 'The product.';
COMMENT ON COLUMN stock_expiring.location IS 'Stock location.';
COMMENT ON COLUMN stock_expiring.lot IS 'Lot; empty: unknown.';
COMMENT ON COLUMN stock_expiring.expiry IS 'Expiry date; empty: unknown.';
COMMENT ON COLUMN stock_expiring.quantity IS 'Quantity in thousandths.';
