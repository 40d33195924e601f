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
