-- What each store took on each day of each kind of money, and in taxes: voided papers left out, refunds taken off.
CREATE OR REPLACE VIEW tenders_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, kind, sum(amount_minor)::bigint AS amount_minor
FROM tender_day
GROUP BY tenant, store, business_date, currency, kind
HAVING sum(amount_minor) <> 0;

CREATE OR REPLACE VIEW taxes_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, name, rate, sum(net_minor)::bigint AS net_minor,
       sum(tax_minor)::bigint AS tax_minor
FROM tax_day
GROUP BY tenant, store, business_date, currency, name, rate
HAVING sum(net_minor) <> 0 OR sum(tax_minor) <> 0;
COMMENT ON VIEW tenders_by_day IS 'Daily payments of each store by payment method, minus refunds.';
COMMENT ON VIEW taxes_by_day IS 'Daily taxes of each store by rate, minus refunds.';

-- What each store took on each day of business, counted as its own report of the day does: papers that were undone add
-- nothing to the sums, refunds are taken off. (A Z report covers what was
-- since the one before it, whatever midnights lie between.)
CREATE OR REPLACE VIEW sales_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, sum(sales)::bigint AS sales, sum(refunds)::bigint AS refunds,
       sum(net_minor) AS net_minor, sum(paid_minor) AS paid_minor, sum(voids)::bigint AS voids,
       sum(earning)::bigint AS earning, sum(earned_minor)::bigint AS earned_minor
FROM sale_day
GROUP BY tenant, store, business_date, currency
HAVING sum(sales) <> 0 OR sum(refunds) <> 0 OR sum(voids) <> 0 OR sum(paid_minor) <> 0;
DROP INDEX IF EXISTS sale_day_by_day; -- sale_day_sums holds more

-- The same by the hour (of UTC) in which it was, for a day beside the same hours of another.
CREATE OR REPLACE VIEW sales_by_hour WITH (security_invoker = true) AS
SELECT tenant, store, business_date, hour, currency, sum(sales)::bigint AS sales, sum(paid_minor)::bigint AS paid_minor
FROM sale_hour
GROUP BY tenant, store, business_date, hour, currency
HAVING sum(sales) <> 0 OR sum(paid_minor) <> 0;
COMMENT ON VIEW sales_by_hour IS 'Hourly takings of each store, minus refunds.';

-- What of each product was sold on each day, voided sales left out, and what came back, also in exchanges.
CREATE OR REPLACE VIEW product_sales_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, sku, sum(sold)::bigint AS sold, sum(returned)::bigint AS returned,
       sum(amount_minor)::bigint AS amount_minor
FROM product_day
GROUP BY tenant, store, business_date, currency, sku
HAVING sum(sold) <> 0 OR sum(returned) <> 0 OR sum(amount_minor) <> 0;

-- What each paper adds to the figures of its day, so that a figure opens into papers that add up to it. A voided one adds
-- nothing but its count and its void. An exchange has lines below 0.
CREATE OR REPLACE VIEW sales_paper WITH (security_invoker = true) AS
SELECT tenant, store, device, register, number, 'sale' AS paper, business_date, at,
       date_trunc('hour', at, 'UTC') AS hour, currency, (earned_minor IS NOT NULL OR back)::int::bigint AS sales,
       back::int::bigint AS refunds, (NOT counts)::int::bigint AS voids,
       CASE WHEN counts THEN net_minor - apart_minor ELSE 0 END AS net_minor,
       CASE WHEN counts THEN total_minor + rounding_minor ELSE 0 END AS paid_minor,
       (counts AND earned_minor IS NOT NULL)::int::bigint AS earning,
       CASE WHEN counts THEN coalesce(earned_minor, 0) ELSE 0 END AS earned_minor, voided_by
FROM (
    SELECT tenant, store, device, register, number, business_date, at, currency, net_minor, apart_minor, total_minor,
           rounding_minor, earned_minor, voided_by, voided_by IS NULL AS counts,
           lines @? '$[*] ? (@.quantity < 0)' AS back
    FROM sale
) AS sale
UNION ALL
SELECT tenant, store, device, register, number, 'refund', business_date, at, date_trunc('hour', at, 'UTC'), currency,
       0, 1, (voided_by IS NOT NULL)::int::bigint,
       CASE WHEN voided_by IS NULL THEN apart_minor - net_minor ELSE 0 END,
       CASE WHEN voided_by IS NULL THEN -total_minor - rounding_minor ELSE 0 END, 0, 0, voided_by
FROM refund;

CREATE OR REPLACE VIEW sales_paper_tender WITH (security_invoker = true) AS
SELECT tenant, store, device, register, number, 'sale' AS paper, place, business_date, at, currency, kind,
       amount_minor - change_minor AS amount_minor
FROM sale JOIN sale_tender USING (tenant, store, device, register, number) WHERE voided_by IS NULL
UNION ALL
SELECT tenant, store, device, register, number, 'refund', place, business_date, at, currency, kind,
       change_minor - amount_minor
FROM refund JOIN refund_tender USING (tenant, store, device, register, number) WHERE voided_by IS NULL;

CREATE OR REPLACE VIEW sales_paper_tax WITH (security_invoker = true) AS
SELECT tenant, store, device, register, number, 'sale' AS paper, place, business_date, at, currency, name, rate,
       sale_tax.net_minor, tax_minor
FROM sale JOIN sale_tax USING (tenant, store, device, register, number) WHERE voided_by IS NULL
UNION ALL
SELECT tenant, store, device, register, number, 'refund', place, business_date, at, currency, name, rate,
       -refund_tax.net_minor, -tax_minor
FROM refund JOIN refund_tax USING (tenant, store, device, register, number) WHERE voided_by IS NULL;

CREATE OR REPLACE VIEW sales_paper_line WITH (security_invoker = true) AS
SELECT tenant, store, device, register, number, 'sale' AS paper, place, business_date, at, currency,
       line ->> 'sku' AS sku, (line ->> 'quantity')::bigint AS quantity, (line ->> 'amount_minor')::bigint AS amount_minor
FROM sale CROSS JOIN LATERAL jsonb_array_elements(lines) WITH ORDINALITY AS one (line, place) WHERE voided_by IS NULL
UNION ALL
SELECT tenant, store, device, register, number, 'refund', line, business_date, at, currency, sku, -quantity,
       -amount_minor
FROM refund JOIN refund_line USING (tenant, store, device, register, number) WHERE voided_by IS NULL;

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

COMMENT ON COLUMN sales_by_hour.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN sales_by_hour.store IS 'The store.';
COMMENT ON COLUMN sales_by_hour.business_date IS 'Business day.';
COMMENT ON COLUMN sales_by_hour.hour IS 'Start of the hour (UTC).';
COMMENT ON COLUMN sales_by_hour.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN sales_by_hour.sales IS 'Number of sales without voided ones.';
COMMENT ON COLUMN sales_by_hour.paid_minor IS 'Payments minus refunds, in minor units.';

COMMENT ON COLUMN tenders_by_day.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN tenders_by_day.store IS 'The store.';
COMMENT ON COLUMN tenders_by_day.business_date IS 'Business day.';
COMMENT ON COLUMN tenders_by_day.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN tenders_by_day.kind IS 'Payment method: cash, card ...';
COMMENT ON COLUMN tenders_by_day.amount_minor IS 'Payments minus refunds, in minor units.';

COMMENT ON COLUMN taxes_by_day.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN taxes_by_day.store IS 'The store.';
COMMENT ON COLUMN taxes_by_day.business_date IS 'Business day.';
COMMENT ON COLUMN taxes_by_day.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN taxes_by_day.name IS 'Name of the tax on the receipt.';
COMMENT ON COLUMN taxes_by_day.rate IS 'Its rate in percent.';
COMMENT ON COLUMN taxes_by_day.net_minor IS 'Taxable net amount, in minor units.';
COMMENT ON COLUMN taxes_by_day.tax_minor IS 'The tax, in the minor unit.';

COMMENT ON COLUMN sales_by_day.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN sales_by_day.store IS 'The store.';
COMMENT ON COLUMN sales_by_day.business_date IS 'Business day.';
COMMENT ON COLUMN sales_by_day.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN sales_by_day.sales IS 'Number of sales receipts, including voided ones.';
COMMENT ON COLUMN sales_by_day.refunds IS 'Number of refunds, including exchanges.';
COMMENT ON COLUMN sales_by_day.net_minor IS
    'Revenue without tax, refunds taken off, in the minor unit. Tips, loads and money paid ahead are none.';
COMMENT ON COLUMN sales_by_day.paid_minor IS 'Payments minus refunds, in minor units.';
COMMENT ON COLUMN sales_by_day.voids IS 'Number of void receipts.';
COMMENT ON COLUMN sales_by_day.earning IS 'Receipts with revenue that weren''t voided.';
COMMENT ON COLUMN sales_by_day.earned_minor IS 'Their revenue before returns, in minor units.';

COMMENT ON COLUMN product_sales_by_day.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN product_sales_by_day.store IS 'The store.';
COMMENT ON COLUMN product_sales_by_day.business_date IS 'Business day.';
COMMENT ON COLUMN product_sales_by_day.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN product_sales_by_day.sku IS 'The product.';
COMMENT ON COLUMN product_sales_by_day.sold IS 'Quantity sold, in thousandths.';
COMMENT ON COLUMN product_sales_by_day.returned IS 'Quantity returned, in thousandths.';
COMMENT ON COLUMN product_sales_by_day.amount_minor IS 'Line totals minus returns, in minor units.';

COMMENT ON COLUMN sale_line.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN sale_line.store IS 'The store.';
COMMENT ON COLUMN sale_line.device IS 'The store''s appliance.';
COMMENT ON COLUMN sale_line.register IS 'The register.';
COMMENT ON COLUMN sale_line.number IS 'Receipt number at the register.';
COMMENT ON COLUMN sale_line.sku IS 'The product.';
COMMENT ON COLUMN sale_line.line IS 'The line of the receipt, from 1.';
COMMENT ON COLUMN sale_line.quantity IS 'Quantity in thousandths.';
COMMENT ON COLUMN sale_line.price_minor IS 'Unit price, in minor units.';
COMMENT ON COLUMN sale_line.listed_minor IS 'Regular unit price if another was charged; null: the same.';
COMMENT ON COLUMN sale_line.amount_minor IS 'Amount paid for the line, in minor units.';
COMMENT ON COLUMN sale_line.discount_minor IS 'Discount from promotions and cashiers, in minor units.';
COMMENT ON COLUMN sale_line.tax_class IS 'Tax class.';
COMMENT ON COLUMN sale_line.lot IS 'Lot; null: none was read.';
COMMENT ON COLUMN sale_line.expiry IS 'Expiry date; null: none was read.';
COMMENT ON COLUMN sale_line.serial IS 'Serial number; null: none was read.';

COMMENT ON COLUMN sales_paper.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN sales_paper.store IS 'The store.';
COMMENT ON COLUMN sales_paper.device IS 'The appliance that wrote it.';
COMMENT ON COLUMN sales_paper.register IS 'The register.';
COMMENT ON COLUMN sales_paper.number IS 'Receipt number of the register.';
COMMENT ON COLUMN sales_paper.paper IS 'sale or refund.';
COMMENT ON COLUMN sales_paper.business_date IS 'Business day.';
COMMENT ON COLUMN sales_paper.at IS 'Time of the receipt.';
COMMENT ON COLUMN sales_paper.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN sales_paper.sales IS '1 for a sale, including voided ones.';
COMMENT ON COLUMN sales_paper.refunds IS '1 for a refund or an exchange.';
COMMENT ON COLUMN sales_paper.voids IS '1 if it was voided.';
COMMENT ON COLUMN sales_paper.net_minor IS 'Its part of the net revenue, in minor units; refunds are negative.';
COMMENT ON COLUMN sales_paper.paid_minor IS 'Its part of the payments, in minor units; refunds are negative.';
COMMENT ON COLUMN sales_paper.earning IS '1 for a receipt with revenue that wasn''t voided.';
COMMENT ON COLUMN sales_paper.earned_minor IS 'Its revenue before returns, in minor units.';
COMMENT ON COLUMN sales_paper.voided_by IS 'Number of the void receipt; NULL: not voided.';
COMMENT ON COLUMN sales_paper.hour IS 'Start of its hour (UTC).';

COMMENT ON COLUMN sales_paper_tender.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN sales_paper_tender.store IS 'The store.';
COMMENT ON COLUMN sales_paper_tender.device IS 'The appliance that wrote it.';
COMMENT ON COLUMN sales_paper_tender.register IS 'The register.';
COMMENT ON COLUMN sales_paper_tender.number IS 'Receipt number of the register.';
COMMENT ON COLUMN sales_paper_tender.paper IS 'sale or refund.';
COMMENT ON COLUMN sales_paper_tender.business_date IS 'Business day.';
COMMENT ON COLUMN sales_paper_tender.at IS 'Time of the receipt.';
COMMENT ON COLUMN sales_paper_tender.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN sales_paper_tender.place IS 'Position on the receipt.';
COMMENT ON COLUMN sales_paper_tender.kind IS 'Payment method: cash, card ...';
COMMENT ON COLUMN sales_paper_tender.amount_minor IS 'Amount without change, in minor units; refunds are negative.';

COMMENT ON COLUMN sales_paper_tax.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN sales_paper_tax.store IS 'The store.';
COMMENT ON COLUMN sales_paper_tax.device IS 'The appliance that wrote it.';
COMMENT ON COLUMN sales_paper_tax.register IS 'The register.';
COMMENT ON COLUMN sales_paper_tax.number IS 'Receipt number of the register.';
COMMENT ON COLUMN sales_paper_tax.paper IS 'sale or refund.';
COMMENT ON COLUMN sales_paper_tax.business_date IS 'Business day.';
COMMENT ON COLUMN sales_paper_tax.at IS 'Time of the receipt.';
COMMENT ON COLUMN sales_paper_tax.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN sales_paper_tax.place IS 'Position on the receipt.';
COMMENT ON COLUMN sales_paper_tax.name IS 'Name of the tax.';
COMMENT ON COLUMN sales_paper_tax.rate IS 'Rate in thousandths of a percent.';
COMMENT ON COLUMN sales_paper_tax.net_minor IS 'Taxable net amount, in minor units; refunds are negative.';
COMMENT ON COLUMN sales_paper_tax.tax_minor IS 'Tax in minor units; refunds are negative.';

COMMENT ON COLUMN sales_paper_line.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN sales_paper_line.store IS 'The store.';
COMMENT ON COLUMN sales_paper_line.device IS 'The appliance that wrote it.';
COMMENT ON COLUMN sales_paper_line.register IS 'The register.';
COMMENT ON COLUMN sales_paper_line.number IS 'Receipt number of the register.';
COMMENT ON COLUMN sales_paper_line.paper IS 'sale or refund.';
COMMENT ON COLUMN sales_paper_line.business_date IS 'Business day.';
COMMENT ON COLUMN sales_paper_line.at IS 'Time of the receipt.';
COMMENT ON COLUMN sales_paper_line.currency IS 'The currency, ISO 4217.';
COMMENT ON COLUMN sales_paper_line.place IS 'Position on the receipt.';
COMMENT ON COLUMN sales_paper_line.sku IS 'The product.';
COMMENT ON COLUMN sales_paper_line.quantity IS 'Quantity in thousandths; returns are negative.';
COMMENT ON COLUMN sales_paper_line.amount_minor IS 'Line total in minor units; returns are negative.';
