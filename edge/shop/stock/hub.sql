-- What is on hand in each store, in thousandths; by device, so that a device can be projected again by itself.
CREATE TABLE IF NOT EXISTS stock (
    tenant  text   NOT NULL,
    store   text   NOT NULL,
    device  text   NOT NULL,
    sku     text   NOT NULL,
    on_hand bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, sku)
);

CREATE OR REPLACE VIEW stock_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, sum(on_hand)::bigint AS on_hand FROM stock GROUP BY tenant, store, sku;

-- Where that is: a row a place, lot and last day (empty: none is known); `boxes` of `box` units of it are closed.
CREATE TABLE IF NOT EXISTS stock_row (
    tenant   text   NOT NULL,
    store    text   NOT NULL,
    device   text   NOT NULL,
    sku      text   NOT NULL,
    location text   NOT NULL,
    lot      text   NOT NULL,
    expiry   text   NOT NULL,
    quantity bigint NOT NULL,
    boxes    bigint NOT NULL,
    box      bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, sku, location, lot, expiry)
);
CREATE INDEX IF NOT EXISTS stock_row_by_lot ON stock_row (tenant, sku, lot) WHERE lot <> '';

CREATE OR REPLACE VIEW stock_row_of_store WITH (security_invoker = true) AS
SELECT tenant, store, sku, location, lot, expiry, sum(quantity)::bigint AS quantity, sum(boxes)::bigint AS boxes
FROM stock_row GROUP BY tenant, store, sku, location, lot, expiry HAVING sum(quantity) <> 0 OR sum(boxes) <> 0;

CREATE OR REPLACE VIEW stock_expiring WITH (security_invoker = true) AS
SELECT tenant, store, expiry, sku, location, lot, sum(quantity)::bigint AS quantity
FROM stock_row WHERE expiry <> '' GROUP BY tenant, store, expiry, sku, location, lot HAVING sum(quantity) > 0;

-- Every movement, with who and why; `n` is its place in its row of the journal.
CREATE TABLE IF NOT EXISTS stock_movement (
    tenant          text        NOT NULL,
    store           text        NOT NULL,
    device          text        NOT NULL,
    epoch           bigint      NOT NULL,
    seq             bigint      NOT NULL,
    n               bigint      NOT NULL,
    sku             text        NOT NULL,
    business_date   date        NOT NULL,
    at              timestamptz NOT NULL,
    reason          text        NOT NULL,
    cause           text        NOT NULL,
    delta           bigint      NOT NULL,
    boxes           bigint      NOT NULL,
    location        text        NOT NULL,
    lot             text        NOT NULL,
    expiry          text        NOT NULL,
    actor           text        NOT NULL,
    note            text        NOT NULL,
    document        text        NOT NULL,
    unit_cost_minor bigint,
    PRIMARY KEY (tenant, store, device, epoch, seq, n)
);
CREATE INDEX IF NOT EXISTS stock_movement_by_sku ON stock_movement (tenant, sku, business_date);
