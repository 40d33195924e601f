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
ALTER TABLE sale_line ADD COLUMN IF NOT EXISTS lot text;
ALTER TABLE sale_line ADD COLUMN IF NOT EXISTS expiry date;
ALTER TABLE sale_line ADD COLUMN IF NOT EXISTS serial text;
-- A lot that is recalled, and the thing with a serial number, are found without reading everything.
CREATE INDEX IF NOT EXISTS sale_line_by_lot ON sale_line (tenant, sku, lot) WHERE lot IS NOT NULL;
CREATE INDEX IF NOT EXISTS sale_line_by_serial ON sale_line (tenant, sku, serial) WHERE serial IS NOT NULL;
