-- Who each store buys from, and on which terms; nothing of the people there.
CREATE TABLE IF NOT EXISTS supplier (
    tenant              text   NOT NULL,
    store               text   NOT NULL,
    device              text   NOT NULL,
    id                  text   NOT NULL,
    name                text   NOT NULL,
    lead_time_days      bigint NOT NULL,
    rating              bigint NOT NULL,
    minimum_order_minor bigint NOT NULL,
    fee_minor           bigint NOT NULL,
    currency            text   NOT NULL,
    retired             boolean NOT NULL,
    PRIMARY KEY (tenant, store, device, id)
);

-- What each store ordered, as it is now. Keyed by device, so that a device can be projected again by itself.
CREATE TABLE IF NOT EXISTS purchase_order (
    tenant       text   NOT NULL,
    store        text   NOT NULL,
    device       text   NOT NULL,
    number       bigint NOT NULL,
    supplier     text   NOT NULL,
    location     text   NOT NULL,
    state        text   NOT NULL,
    automatic    boolean NOT NULL,
    revision     bigint NOT NULL,
    lines        bigint NOT NULL,
    total_minor  bigint NOT NULL,
    drafted_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    sent_on      date,
    expected_on  date,
    PRIMARY KEY (tenant, store, device, number)
);
CREATE INDEX IF NOT EXISTS purchase_order_open ON purchase_order (tenant, expected_on)
    WHERE state IN ('sent', 'part_received');

-- What came, line by line.
CREATE TABLE IF NOT EXISTS purchase_receipt (
    tenant          text   NOT NULL,
    store           text   NOT NULL,
    device          text   NOT NULL,
    epoch           bigint NOT NULL,
    seq             bigint NOT NULL,
    n               bigint NOT NULL,
    number          bigint NOT NULL,
    supplier        text   NOT NULL,
    delivery_note   text   NOT NULL,
    business_date   date   NOT NULL,
    at              timestamptz NOT NULL,
    sku             text   NOT NULL,
    quantity        bigint NOT NULL,
    unit_cost_minor bigint NOT NULL,
    lot             text   NOT NULL,
    expiry          text   NOT NULL,
    location        text   NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq, n)
);
CREATE INDEX IF NOT EXISTS purchase_receipt_by_sku ON purchase_receipt (tenant, sku, business_date);
