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

-- Counts these products of a store again (NULL: all it has), whatever boxes it has: what is on hand, what of it may be
-- sold, what is on its way there, and how it stands: by the worst of its levels, without any by its minimum. Projectors
-- call it for what they changed. Products that the store only sells get no row.
CREATE OR REPLACE FUNCTION refresh_stock(of_tenant text, of_store text, skus text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    of_devices text[] := '{}';
    one text := '';
    levelled text[];
BEGIN
    -- Another box of the store waits for this transaction: it would count without what isn't committed yet.
    PERFORM pg_advisory_xact_lock(hashtextextended('stock/' || of_tenant || '/' || of_store, 0));
    LOOP
        SELECT min(device) INTO one FROM (
            SELECT min(device) AS device FROM stock WHERE tenant = of_tenant AND store = of_store AND device > one
            UNION ALL
            SELECT min(device) FROM stock_claim WHERE tenant = of_tenant AND store = of_store AND device > one
            UNION ALL
            SELECT min(device) FROM stock_level WHERE tenant = of_tenant AND store = of_store AND device > one
            UNION ALL
            SELECT min(device) FROM product WHERE tenant = of_tenant AND store = of_store AND device > one
        ) AS next;
        EXIT WHEN one IS NULL;
        of_devices := of_devices || one;
    END LOOP;
    IF skus IS NULL THEN
        skus := ARRAY(
            SELECT sku FROM stock_state WHERE tenant = of_tenant AND store = of_store
            UNION
            SELECT sku FROM stock WHERE tenant = of_tenant AND store = of_store
        );
    END IF;
    levelled := ARRAY(
        SELECT DISTINCT sku FROM stock_level
        WHERE tenant = of_tenant AND store = of_store AND device = ANY (of_devices) AND sku = ANY (skus)
    );
    DELETE FROM stock_state AS state
    WHERE tenant = of_tenant AND store = of_store AND sku = ANY (skus)
      AND NOT EXISTS (SELECT FROM stock
                      WHERE tenant = of_tenant AND store = of_store AND device = ANY (of_devices) AND sku = state.sku)
      AND NOT EXISTS (SELECT FROM stock_claim
                      WHERE tenant = of_tenant AND store = of_store AND device = ANY (of_devices) AND sku = state.sku)
      AND sku <> ALL (levelled);
    INSERT INTO stock_state AS state
        (tenant, store, sku, on_hand, reserved, on_order, available, status, next_expiry)
    SELECT of_tenant, of_store, sku, on_hand, reserved, on_order, available,
           CASE WHEN worst IS NOT NULL THEN (ARRAY['critical', 'low', 'excess', 'normal'])[worst]
                WHEN NOT watched THEN '' WHEN minimum <= 0 THEN 'normal' WHEN available * 2 <= minimum THEN 'critical'
                WHEN available < minimum THEN 'low' WHEN on_hand > 3 * minimum THEN 'excess' ELSE 'normal' END,
           next_expiry
    FROM (
        SELECT sku, sum(on_hand)::bigint AS on_hand, sum(reserved)::bigint AS reserved,
               sum(on_order)::bigint AS on_order, sum(on_hand - reserved - apart)::bigint AS available,
               bool_or(watched) AS watched, min(expiry) AS next_expiry, min(level) AS worst, max(minimum) AS minimum
        FROM (
            SELECT sku, true AS here, on_hand, watched, 0::bigint AS reserved, 0::bigint AS on_order,
                   0::bigint AS apart, NULL AS expiry, NULL::int AS level, 0::bigint AS minimum
            FROM stock
            WHERE tenant = of_tenant AND store = of_store AND device = ANY (of_devices) AND sku = ANY (skus)
            UNION ALL
            SELECT sku, true, 0, false, CASE kind WHEN 'reserved' THEN quantity ELSE 0 END,
                   CASE kind WHEN 'ordered' THEN quantity ELSE 0 END, 0, NULL, NULL, 0
            FROM stock_claim
            WHERE tenant = of_tenant AND store = of_store AND device = ANY (of_devices) AND sku = ANY (skus)
            UNION ALL
            SELECT r.sku, true, 0, false, 0, 0, CASE WHEN q.id IS NULL THEN 0 ELSE r.quantity END,
                   CASE WHEN r.expiry <> '' AND r.quantity > 0 THEN r.expiry END, NULL, 0
            FROM stock_row r LEFT JOIN stock_location q
                 ON q.tenant = r.tenant AND q.store = r.store AND q.device = r.device AND q.id = r.location
                    AND q.kind = 'quarantine'
            WHERE r.tenant = of_tenant AND r.store = of_store AND r.device = ANY (of_devices) AND r.sku = ANY (skus)
            UNION ALL
            SELECT sku, true, 0, false, 0, 0, 0, NULL,
                   array_position(ARRAY['critical', 'low', 'excess', 'normal'], status), 0
            FROM stock_level_of_store
            WHERE tenant = of_tenant AND store = of_store AND sku = ANY (levelled)
            UNION ALL
            SELECT sku, false, 0, false, 0, 0, 0, NULL, NULL, minimum
            FROM product
            WHERE tenant = of_tenant AND store = of_store AND device = ANY (of_devices) AND sku = ANY (skus)
        ) part GROUP BY sku HAVING bool_or(here)
    ) whole
    ON CONFLICT (tenant, store, sku) DO UPDATE
    SET on_hand = excluded.on_hand, reserved = excluded.reserved, on_order = excluded.on_order,
        available = excluded.available, status = excluded.status, next_expiry = excluded.next_expiry
    WHERE (state.on_hand, state.reserved, state.on_order, state.available, state.status, state.next_expiry)
        IS DISTINCT FROM (excluded.on_hand, excluded.reserved, excluded.on_order, excluded.available, excluded.status,
                          excluded.next_expiry);
END $$;

CREATE OR REPLACE VIEW stock_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, on_hand, reserved, on_order, available, status, next_expiry FROM stock_state;

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
