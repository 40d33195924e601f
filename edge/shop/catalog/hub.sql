-- What each store sells and for how much, without an end; by device, so that a device can be projected again by itself.
CREATE TABLE IF NOT EXISTS product (
    tenant      text    NOT NULL,
    store       text    NOT NULL,
    device      text    NOT NULL,
    sku         text    NOT NULL,
    names       jsonb   NOT NULL,
    price_minor bigint,
    category    text,
    brand       text,
    retired     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, store, device, sku)
);
