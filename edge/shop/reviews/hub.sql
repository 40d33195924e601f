-- What customers of each store gave products, by device, so that a device can be projected again by itself; words are
-- not here.
CREATE TABLE IF NOT EXISTS review (
    tenant   text        NOT NULL,
    store    text        NOT NULL,
    device   text        NOT NULL,
    id       text        NOT NULL,
    customer text        NOT NULL,
    sku      text        NOT NULL,
    rating   bigint      NOT NULL,
    state    text        NOT NULL,
    written  timestamptz NOT NULL,
    decided  timestamptz,
    PRIMARY KEY (tenant, store, device, id)
);
CREATE INDEX IF NOT EXISTS review_of_product ON review (tenant, store, sku, state);

CREATE OR REPLACE VIEW product_rating WITH (security_invoker = true) AS
SELECT tenant, store, sku, count(*) FILTER (WHERE state = 'published')::bigint AS reviews,
       coalesce(sum(rating) FILTER (WHERE state = 'published'), 0)::bigint AS stars
FROM review GROUP BY tenant, store, sku;
