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
CREATE INDEX IF NOT EXISTS sale_by_day ON sale (tenant, business_date, store);

CREATE TABLE IF NOT EXISTS sale_line (
    tenant       text   NOT NULL,
    store        text   NOT NULL,
    device       text   NOT NULL,
    register     text   NOT NULL,
    number       bigint NOT NULL,
    line         bigint NOT NULL,
    sku          text   NOT NULL,
    quantity     bigint NOT NULL,
    price_minor  bigint NOT NULL,
    listed_minor bigint,
    amount_minor bigint NOT NULL,
    tax_class    text   NOT NULL,
    PRIMARY KEY (tenant, store, device, register, number, line)
);
-- What promotions took off; `amount_minor` is what was paid.
ALTER TABLE sale_line ADD COLUMN IF NOT EXISTS discount_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE sale_line ADD COLUMN IF NOT EXISTS lot text;
ALTER TABLE sale_line ADD COLUMN IF NOT EXISTS expiry date;
ALTER TABLE sale_line ADD COLUMN IF NOT EXISTS serial text;
-- A lot that is recalled, and the thing with a serial number, are found without reading everything.
CREATE INDEX IF NOT EXISTS sale_line_by_lot ON sale_line (tenant, sku, lot) WHERE lot IS NOT NULL;
CREATE INDEX IF NOT EXISTS sale_line_by_serial ON sale_line (tenant, sku, serial) WHERE serial IS NOT NULL;

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

-- What each store took on each day, as its Z reports say it: voided sales left out, refunds taken off.
CREATE OR REPLACE VIEW sales_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency,
       sum(sales) AS sales, sum(refunds) AS refunds, sum(net_minor) AS net_minor, sum(paid_minor) AS paid_minor
FROM (
    SELECT tenant, store, business_date, currency, 1 AS sales, 0 AS refunds,
           net_minor, total_minor + rounding_minor AS paid_minor
    FROM sale WHERE voided_by IS NULL
    UNION ALL
    SELECT tenant, store, business_date, currency, 0, 1, -net_minor, -(total_minor + rounding_minor) FROM refund
) AS paper
GROUP BY tenant, store, business_date, currency;

-- What of each product was sold on each day, voided sales left out, and what came back.
CREATE OR REPLACE VIEW product_sales_by_day WITH (security_invoker = true) AS
SELECT tenant, store, business_date, currency, sku, sum(sold)::bigint AS sold, sum(returned)::bigint AS returned,
       sum(amount_minor)::bigint AS amount_minor
FROM (
    SELECT tenant, store, business_date, currency, sku, quantity AS sold, 0 AS returned, amount_minor
    FROM sale JOIN sale_line USING (tenant, store, device, register, number) WHERE voided_by IS NULL
    UNION ALL
    SELECT tenant, store, business_date, currency, sku, 0, quantity, -amount_minor
    FROM refund JOIN refund_line USING (tenant, store, device, register, number)
) AS line
GROUP BY tenant, store, business_date, currency, sku;
