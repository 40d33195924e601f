-- Thousandths as people write them: 1500 is "1.5", 2000 is "2".
CREATE OR REPLACE FUNCTION unified_decimal(amount numeric, ones numeric DEFAULT 1000) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
AS $$
    SELECT CASE WHEN ones = 0 THEN NULL WHEN amount / ones = trunc(amount / ones) THEN trunc(amount / ones)::text
                ELSE rtrim(round(amount / ones, 9)::text, '0') END
$$;

-- The unit cost comes from the box that has the stock; with several boxes it is weighted by their quantities.
CREATE OR REPLACE VIEW unified_cost WITH (security_invoker = true) AS
SELECT tenant, store, sku, max(average_at) AS changed_at,
       coalesce(round(sum(average_micro::numeric * on_hand) FILTER (WHERE on_hand > 0)
                      / sum(on_hand) FILTER (WHERE on_hand > 0 AND average_micro IS NOT NULL)),
                max(average_micro)) AS average_micro
FROM stock GROUP BY tenant, store, sku;

-- Where head office does not know yet when something changed, it did so just now: a row too many, and none too few.
CREATE OR REPLACE VIEW unified_sku WITH (security_invoker = true) AS
SELECT p.tenant, p.store, p.device, p.sku AS sku_code,
       coalesce(p.names ->> 'en', (SELECT min(value) FROM jsonb_each_text(p.names)), '') AS description,
       coalesce(p.category, '') AS category, coalesce(p.unit, 'piece') AS unit, unified_decimal(c.average_micro, 1000000) AS unit_cost,
       NOT p.retired AS is_active,
       greatest(coalesce(u.changed_at, 'infinity'), coalesce(c.changed_at, '-infinity')) AS changed_at
FROM product p
     LEFT JOIN unified_cost c ON c.tenant = p.tenant AND c.store = p.store AND c.sku = p.sku
     LEFT JOIN unified_change u ON u.tenant = p.tenant AND u.store = p.store AND u.device = p.device
         AND u.kind = 'sku' AND u.id = p.sku;

CREATE OR REPLACE VIEW unified_bom WITH (security_invoker = true) AS
SELECT l.tenant, l.store, l.device, l.bom AS bom_id, l.sku AS sku_id, l.component AS component_sku_id, l.measure,
       unified_decimal(l.quantity, l.makes) AS quantity_per_unit, unified_decimal(l.yield_permille, 10) AS yield_percent,
       l.version, l.active AS is_active, coalesce(u.changed_at, 'infinity') AS changed_at
FROM bom_line l
     LEFT JOIN unified_change u ON u.tenant = l.tenant AND u.store = l.store AND u.device = l.device
         AND u.kind = 'bom' AND u.id = l.bom;

CREATE OR REPLACE VIEW unified_work_order WITH (security_invoker = true) AS
SELECT o.tenant, o.store, o.device, o.number AS work_order_id, o.sku AS sku_id, unified_decimal(o.quantity) AS quantity,
       o.state AS status, to_char(o.start_on, 'YYYY-MM-DD') AS scheduled_start, to_char(o.due_on, 'YYYY-MM-DD') AS due,
       unified_decimal(o.good) AS good, unified_decimal(o.scrap) AS scrap,
       coalesce(u.changed_at, 'infinity') AS changed_at
FROM work_order o
     LEFT JOIN unified_change u ON u.tenant = o.tenant AND u.store = o.store AND u.device = o.device
         AND u.kind = 'work' AND u.id = o.number::text;

CREATE OR REPLACE VIEW unified_supplier WITH (security_invoker = true) AS
SELECT s.tenant, s.store, s.device, s.id AS supplier_id, s.name, s.lead_time_days, s.currency,
       NOT s.retired AS is_active, coalesce(u.changed_at, 'infinity') AS changed_at
FROM supplier s
     LEFT JOIN unified_change u ON u.tenant = s.tenant AND u.store = s.store AND u.device = s.device
         AND u.kind = 'supplier' AND u.id = s.id;

CREATE OR REPLACE VIEW unified_sales_order WITH (security_invoker = true) AS
SELECT o.tenant, o.store, o.device, o.number AS sales_order_id, o.customer AS customer_id, l.sku AS sku_id,
       o.state AS status, unified_decimal(l.quantity) AS quantity, unified_decimal(l.delivered) AS delivered,
       l.price_minor, o.location AS warehouse_id, o.due_on AS due, coalesce(u.changed_at, 'infinity') AS changed_at
FROM sales_order o
     JOIN sales_order_line l ON l.tenant = o.tenant AND l.store = o.store AND l.device = o.device AND l.number = o.number
     LEFT JOIN unified_change u ON u.tenant = o.tenant AND u.store = o.store AND u.device = o.device
         AND u.kind = 'sales' AND u.id = o.number::text;

CREATE OR REPLACE VIEW unified_open_order WITH (security_invoker = true) AS
SELECT o.tenant, o.store, o.device, o.kind, o.number AS order_id, o.state AS status, o.party, o.due,
       coalesce(u.changed_at, 'infinity') AS changed_at
FROM (
    SELECT tenant, store, device, 'purchase' AS kind, number, state, supplier AS party,
           coalesce(to_char(expected_on, 'YYYY-MM-DD'), '') AS due
    FROM purchase_order WHERE state NOT IN ('closed', 'cancelled', 'completed', 'received')
    UNION ALL SELECT tenant, store, device, 'sales', number, state, customer, due_on
    FROM sales_order WHERE state IN ('open', 'partial')
    UNION ALL SELECT tenant, store, device, 'work', number, state, sku, to_char(due_on, 'YYYY-MM-DD')
    FROM work_order WHERE state IN ('planned', 'in_progress')
) o
     LEFT JOIN unified_change u ON u.tenant = o.tenant AND u.store = o.store AND u.device = o.device
         AND u.kind = o.kind AND u.id = o.number::text;

-- What there was from a day on until before the next; NULL: it is still so.
CREATE OR REPLACE VIEW unified_stock_span WITH (security_invoker = true) AS
SELECT tenant, store, device, sku, location, business_date AS first_day,
       lead(business_date) OVER (PARTITION BY tenant, store, device, sku, location ORDER BY business_date) AS next_day,
       on_hand, reserved, changed_at
FROM stock_day;

CREATE OR REPLACE VIEW unified_stock WITH (security_invoker = true) AS
SELECT tenant, store, sku AS sku_id, location AS warehouse_id, unified_decimal(sum(on_hand)) AS quantity_on_hand,
       unified_decimal(sum(reserved)) AS quantity_reserved, max(changed_at) AS changed_at
FROM unified_stock_span WHERE next_day IS NULL GROUP BY tenant, store, sku, location;

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT class.relname AS view, said.name, said.text
        FROM (VALUES
            ('tenant', 'Tenant that owns the store.'),
            ('store', 'The store.'),
            ('device', 'The store''s appliance.'),
            ('sku_code', 'The shop''s product number (SKU).'),
            ('description', 'Name in English, or in any other language.'),
            ('category', 'Category.'),
            ('unit', 'Sales unit: piece, kg, litre, metre or service.'),
            ('unit_cost', 'Average unit cost in minor units, as a decimal; null: unknown.'),
            ('is_active', 'Whether it is active.'),
            ('bom_id', 'Bill of materials.'),
            ('sku_id', 'The product.'),
            ('component_sku_id', 'Component product.'),
            ('quantity_per_unit', 'Component quantity per unit, before yield; a decimal.'),
            ('measure', 'g, ml or m; empty: the component''s own unit.'),
            ('yield_percent', 'Yield in thousandths.'),
            ('version', 'Version of the bill of materials.'),
            ('work_order_id', 'Order number in the store.'),
            ('sales_order_id', 'Order number in the store.'),
            ('order_id', 'Order number in the store.'),
            ('supplier_id', 'The store''s supplier id.'),
            ('customer_id', 'Anonymous customer id.'),
            ('name', 'Name.'),
            ('lead_time_days', 'Lead time stated by the supplier, in days.'),
            ('currency', 'ISO 4217; empty: the store''s currency.'),
            ('quantity', 'Quantity in its unit; a decimal.'),
            ('delivered', 'Delivered quantity; a decimal.'),
            ('good', 'Good quantity produced; a decimal.'),
            ('scrap', 'Scrapped quantity; a decimal.'),
            ('status', 'Status.'),
            ('scheduled_start', 'Planned start (business day).'),
            ('due', 'Due date (business day); empty: none.'),
            ('price_minor', 'Unit price in minor units.'),
            ('warehouse_id', 'Stock location.'),
            ('quantity_on_hand', 'Quantity on hand; a decimal.'),
            ('quantity_reserved', 'Reserved quantity; a decimal.'),
            ('kind', 'sales, purchase or work.'),
            ('party', 'Customer or supplier; for work orders, the product.'),
            ('changed_at', 'Time head office received the last change; infinity: unknown.'),
            ('sku', 'The product.'),
            ('location', 'Stock location.'),
            ('first_day', 'First business day of this level.'),
            ('next_day', 'First business day of the next level; NULL: current.'),
            ('on_hand', 'Quantity on hand, in thousandths.'),
            ('reserved', 'Reserved quantity, in thousandths.'),
            ('average_micro', 'Average unit cost, in millionths of a minor unit.')
        ) AS said (name, text)
        JOIN pg_attribute ON attname = said.name
        JOIN pg_class AS class ON class.oid = attrelid AND relkind = 'v' AND relname LIKE 'unified\_%'
        WHERE relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', one.view, one.name, one.text);
    END LOOP;
END $$;
