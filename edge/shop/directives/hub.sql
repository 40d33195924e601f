-- What became of each directive in each box; by device, so that a device can be projected again by itself. `unknown`:
-- what it spoke of and the shop does not have, one a line.
CREATE TABLE IF NOT EXISTS directive_outcome (
    tenant  text        NOT NULL,
    store   text        NOT NULL,
    device  text        NOT NULL,
    version bigint      NOT NULL,
    kind    text        NOT NULL,
    outcome text        NOT NULL,
    changed bigint      NOT NULL,
    unknown text        NOT NULL,
    reason  text        NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (tenant, store, device, version)
);
