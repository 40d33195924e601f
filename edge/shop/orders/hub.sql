-- What head office wants of orders. Keyed by device, so that a device can be projected again by itself. What customers
-- said of themselves is not in here. An order is of the epoch in which it was placed; its steps are of theirs.
CREATE TABLE IF NOT EXISTS shop_order (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    order_id      text   NOT NULL,
    business_date date   NOT NULL,
    number        bigint NOT NULL,
    said          text   NOT NULL,
    channel       text   NOT NULL,
    fulfilment    text   NOT NULL,
    customer      text   NOT NULL,
    placed_at     timestamptz NOT NULL,
    slot_from     timestamptz,
    slot_until    timestamptz,
    zone          text   NOT NULL,
    currency      text   NOT NULL,
    lines         bigint NOT NULL,
    total_minor   bigint NOT NULL,
    fee_minor     bigint NOT NULL,
    state         text   NOT NULL,
    changed_at    timestamptz NOT NULL,
    version       bigint NOT NULL,
    register      text,
    receipt       bigint,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS shop_order_by_day ON shop_order (tenant, business_date, store);
CREATE INDEX IF NOT EXISTS shop_order_by_id ON shop_order (tenant, store, device, order_id);

CREATE TABLE IF NOT EXISTS order_status_history (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    order_id      text   NOT NULL,
    number        bigint NOT NULL,
    was           text   NOT NULL,
    now           text   NOT NULL,
    at            timestamptz NOT NULL,
    business_date date   NOT NULL,
    actor         text   NOT NULL,
    surface       text   NOT NULL,
    reason        text   NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS order_status_history_by_order ON order_status_history (tenant, store, device, order_id);

-- What became of carts that had something in them and were not ordered.
CREATE TABLE IF NOT EXISTS ended_cart (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    business_date date   NOT NULL,
    at            timestamptz NOT NULL,
    register      text   NOT NULL,
    channel       text   NOT NULL,
    why           text   NOT NULL,
    goods         bigint NOT NULL,
    total_minor   bigint NOT NULL,
    seconds       bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS ended_cart_by_day ON ended_cart (tenant, business_date, store);
