-- What each store took on each day of each kind of money, and in taxes: voided sales left out, refunds taken off.
CREATE OR REPLACE VIEW tenders_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, kind, sum(amount_minor)::bigint AS amount_minor
FROM (
    SELECT tenant, store, business_date, currency, kind, amount_minor - change_minor AS amount_minor
    FROM sale JOIN sale_tender USING (tenant, store, device, register, number) WHERE voided_by IS NULL
    UNION ALL
    SELECT tenant, store, business_date, currency, kind, change_minor - amount_minor
    FROM refund JOIN refund_tender USING (tenant, store, device, register, number) WHERE voided_by IS NULL
) AS tender
GROUP BY tenant, store, business_date, currency, kind;

CREATE OR REPLACE VIEW taxes_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, name, rate, sum(net_minor)::bigint AS net_minor,
       sum(tax_minor)::bigint AS tax_minor
FROM (
    SELECT tenant, store, business_date, currency, name, rate, sale_tax.net_minor, tax_minor
    FROM sale JOIN sale_tax USING (tenant, store, device, register, number) WHERE voided_by IS NULL
    UNION ALL
    SELECT tenant, store, business_date, currency, name, rate, -refund_tax.net_minor, -tax_minor
    FROM refund JOIN refund_tax USING (tenant, store, device, register, number) WHERE voided_by IS NULL
) AS tax
GROUP BY tenant, store, business_date, currency, name, rate;
COMMENT ON VIEW tenders_by_day IS 'What each store took on each day by kind of money, less what it paid back.';
COMMENT ON VIEW taxes_by_day IS 'The taxes of each store and day by rate, less what was given back.';

-- What each store took on each day of business: voided sales left out, refunds taken off. (A Z report covers what was
-- since the one before it, whatever midnights lie between.)
CREATE OR REPLACE VIEW sales_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency,
       sum(sales) AS sales, sum(refunds) AS refunds, sum(net_minor) AS net_minor, sum(paid_minor) AS paid_minor
FROM (
    SELECT tenant, store, business_date, currency, 1 AS sales, 0 AS refunds,
           net_minor, total_minor + rounding_minor AS paid_minor
    FROM sale WHERE voided_by IS NULL
    UNION ALL
    SELECT tenant, store, business_date, currency, 0, 1, -net_minor, -(total_minor + rounding_minor) FROM refund
    WHERE voided_by IS NULL
) AS paper
GROUP BY tenant, store, business_date, currency;

-- What of each product was sold on each day, voided sales left out, and what came back.
CREATE OR REPLACE VIEW product_sales_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, sku, sum(sold)::bigint AS sold, sum(returned)::bigint AS returned,
       sum(amount_minor)::bigint AS amount_minor
FROM (
    SELECT tenant, store, business_date, currency, sku, quantity AS sold, 0 AS returned, amount_minor
    FROM sale CROSS JOIN LATERAL jsonb_to_recordset(lines) AS line (sku text, quantity bigint, amount_minor bigint)
    WHERE voided_by IS NULL
    UNION ALL
    SELECT tenant, store, business_date, currency, sku, 0, quantity, -amount_minor
    FROM refund JOIN refund_line USING (tenant, store, device, register, number) WHERE voided_by IS NULL
) AS line
GROUP BY tenant, store, business_date, currency, sku;

-- A line a row, which were a table before. `amount_minor` is what was paid, `discount_minor` what promotions and
-- people took off.
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_class
        WHERE relname = 'sale_line' AND relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
    ) THEN
        DROP TABLE sale_line;
    END IF;
END $$;
CREATE OR REPLACE VIEW sale_line WITH (security_invoker = true) AS
SELECT tenant, store, device, register, number, line, sku, quantity, price_minor, listed_minor, amount_minor,
       coalesce(discount_minor, 0) AS discount_minor, tax_class, lot, expiry, serial
FROM sale CROSS JOIN LATERAL jsonb_to_recordset(lines) AS line (
    line bigint, sku text, quantity bigint, price_minor bigint, listed_minor bigint, amount_minor bigint,
    discount_minor bigint, tax_class text, lot text, expiry date, serial text
);
