-- Strict projection of ProductHeld, HeldReleased, HeldWithdrawn and HeldDropped (and of what the same source said since):
-- rows of files that wait for a yes, or that somebody said no to. `body` is JSON, catalog.product.Product;
-- `gate` too, events.GateReason ("": the price is why).
CREATE TABLE held_product (
    sku         TEXT NOT NULL,
    source      TEXT NOT NULL,
    checksum    TEXT NOT NULL,
    line        INTEGER NOT NULL,
    body        TEXT NOT NULL,
    price_minor INTEGER,
    was_minor   INTEGER,
    at_us       INTEGER NOT NULL,
    dropped     INTEGER NOT NULL CHECK (dropped IN (0, 1)),
    gate        TEXT NOT NULL,
    PRIMARY KEY (sku, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_product_waiting ON held_product (at_us) WHERE dropped = 0;

-- Strict projection of SamenessSaid: whether what a source calls `sku` is the shop's product `other`, as somebody said.
CREATE TABLE product_sameness (
    source TEXT NOT NULL,
    sku    TEXT NOT NULL,
    other  TEXT NOT NULL,
    same   INTEGER NOT NULL CHECK (same IN (0, 1)),
    PRIMARY KEY (source, sku, other)
) STRICT, WITHOUT ROWID;

-- Local state: when each source was last read to its end, and what it was.
CREATE TABLE source_seen (
    source   TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    file     TEXT NOT NULL,
    rows     INTEGER NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
