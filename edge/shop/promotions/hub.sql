-- Which promotions each store has, by device, so that a device can be projected again by itself. `body` is the whole
-- promotion as the store has it; `until_at` null: until it is ended.
CREATE TABLE IF NOT EXISTS promotion (
    tenant   text        NOT NULL,
    store    text        NOT NULL,
    device   text        NOT NULL,
    id       text        NOT NULL,
    names    jsonb       NOT NULL,
    deal     text        NOT NULL,
    body     jsonb       NOT NULL,
    from_at  timestamptz NOT NULL,
    until_at timestamptz,
    PRIMARY KEY (tenant, store, device, id)
);
