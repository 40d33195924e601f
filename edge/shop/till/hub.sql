-- What head office wants of the tills. Keyed by device, so that a device can be projected again by itself.
CREATE TABLE IF NOT EXISTS sale (
    tenant         text   NOT NULL,
    store          text   NOT NULL,
    device         text   NOT NULL,
    register       text   NOT NULL,
    number         bigint NOT NULL,
    seq            bigint NOT NULL,
    business_date  date   NOT NULL,
    at             timestamptz NOT NULL,
    currency       text   NOT NULL,
    net_minor      bigint NOT NULL,
    total_minor    bigint NOT NULL,
    rounding_minor bigint NOT NULL,
    voided_by      bigint,
    PRIMARY KEY (tenant, store, device, register, number)
);
-- Whose prices held: the store's, or those of its members.
ALTER TABLE sale ADD COLUMN IF NOT EXISTS price_list text NOT NULL DEFAULT 'store';
-- Whose it was, by an id that says nothing; '': nobody's that the store knows.
ALTER TABLE sale ADD COLUMN IF NOT EXISTS customer text NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS sale_by_day ON sale (tenant, business_date, store);

-- Its lines without the voided ones: what the view `sale_line` has, as objects. A row, and a place in an index, for each
-- line cost Postgres as much again as all the rest.
ALTER TABLE sale ADD COLUMN IF NOT EXISTS lines jsonb NOT NULL DEFAULT '[]';
-- Those of its lines; NULL: none of them has one.
ALTER TABLE sale ADD COLUMN IF NOT EXISTS lots text[];
ALTER TABLE sale ADD COLUMN IF NOT EXISTS serials text[];
-- A lot that is recalled, and the thing with a serial number, are found without reading everything:
-- SELECT ... FROM sale WHERE lots @> ARRAY['L1']
CREATE INDEX IF NOT EXISTS sale_by_lot ON sale USING gin (lots) WHERE lots IS NOT NULL;
CREATE INDEX IF NOT EXISTS sale_by_serial ON sale USING gin (serials) WHERE serials IS NOT NULL;

-- What came back, and the money that went out for it: sums above 0. `sale` is 0 where nobody had the receipt; a line's
-- number is its place on the refund's own paper.
CREATE TABLE IF NOT EXISTS refund (
    tenant         text   NOT NULL,
    store          text   NOT NULL,
    device         text   NOT NULL,
    register       text   NOT NULL,
    number         bigint NOT NULL,
    seq            bigint NOT NULL,
    business_date  date   NOT NULL,
    at             timestamptz NOT NULL,
    currency       text   NOT NULL,
    net_minor      bigint NOT NULL,
    total_minor    bigint NOT NULL,
    rounding_minor bigint NOT NULL,
    sale_register  text   NOT NULL,
    sale           bigint NOT NULL,
    reason         text   NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number)
);
ALTER TABLE refund ADD COLUMN IF NOT EXISTS price_list text NOT NULL DEFAULT 'store';
ALTER TABLE refund ADD COLUMN IF NOT EXISTS customer text NOT NULL DEFAULT '';
ALTER TABLE refund ADD COLUMN IF NOT EXISTS voided_by bigint;
CREATE INDEX IF NOT EXISTS refund_by_day ON refund (tenant, business_date, store);

CREATE TABLE IF NOT EXISTS refund_line (
    tenant       text    NOT NULL,
    store        text    NOT NULL,
    device       text    NOT NULL,
    register     text    NOT NULL,
    number       bigint  NOT NULL,
    line         bigint  NOT NULL,
    sku          text    NOT NULL,
    quantity     bigint  NOT NULL,
    amount_minor bigint  NOT NULL,
    tax_class    text    NOT NULL,
    damaged      boolean NOT NULL,
    lot          text,
    expiry       date,
    serial       text,
    PRIMARY KEY (tenant, store, device, register, number, line)
);

-- What was paid with, and the taxes in it: of each paper, in the order in which they stand on it.
CREATE TABLE IF NOT EXISTS sale_tender (
    tenant       text   NOT NULL,
    store        text   NOT NULL,
    device       text   NOT NULL,
    register     text   NOT NULL,
    number       bigint NOT NULL,
    place        bigint NOT NULL,
    kind         text   NOT NULL,
    amount_minor bigint NOT NULL,
    change_minor bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number, place)
);
CREATE TABLE IF NOT EXISTS refund_tender (
    tenant       text   NOT NULL,
    store        text   NOT NULL,
    device       text   NOT NULL,
    register     text   NOT NULL,
    number       bigint NOT NULL,
    place        bigint NOT NULL,
    kind         text   NOT NULL,
    amount_minor bigint NOT NULL,
    change_minor bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number, place)
);
CREATE TABLE IF NOT EXISTS sale_tax (
    tenant    text   NOT NULL,
    store     text   NOT NULL,
    device    text   NOT NULL,
    register  text   NOT NULL,
    number    bigint NOT NULL,
    place     bigint NOT NULL,
    name      text   NOT NULL,
    rate      bigint NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number, place)
);
CREATE TABLE IF NOT EXISTS refund_tax (
    tenant    text   NOT NULL,
    store     text   NOT NULL,
    device    text   NOT NULL,
    register  text   NOT NULL,
    number    bigint NOT NULL,
    place     bigint NOT NULL,
    name      text   NOT NULL,
    rate      bigint NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number, place)
);

COMMENT ON TABLE sale_tender IS 'What sales were paid with; those of voided sales (sale.voided_by) are here, too.';
COMMENT ON TABLE refund_tender IS 'What refunds were paid back with.';
COMMENT ON TABLE sale_tax IS 'The taxes of sales by rate, as on the receipt; a line''s class is in sale_line.';
COMMENT ON TABLE refund_tax IS 'What refunds gave back of taxes, by rate.';
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT relation, attname AS name, said.said
        FROM unnest(ARRAY['sale_tender', 'refund_tender', 'sale_tax', 'refund_tax']) AS relation
        JOIN pg_attribute ON attrelid = to_regclass(relation) AND attnum > 0 AND NOT attisdropped
        JOIN (VALUES
            ('tenant', 'Whose store it is.'),
            ('store', 'The store.'),
            ('device', 'The appliance that wrote it.'),
            ('register', 'The till.'),
            ('number', 'The paper''s number, counted by till.'),
            ('place', 'Its place on the paper, from 1.'),
            ('kind', 'cash, card, ...'),
            ('amount_minor', 'The money that was given, in minor units of the paper''s currency; above 0.'),
            ('change_minor', 'What of it was given back at once, in minor units.'),
            ('name', 'The tax''s name on the receipt.'),
            ('rate', 'In thousandths of a percent.'),
            ('net_minor', 'What was taxed, without the tax, in minor units.'),
            ('tax_minor', 'The tax, in minor units.')
        ) AS said (name, said) ON said.name = attname
    LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', one.relation, one.name, one.said);
    END LOOP;
END $$;

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
