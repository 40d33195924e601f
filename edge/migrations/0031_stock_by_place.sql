-- Stock by place, lot and last day, with boxes, levels, claims, counts; what was one number a product is made anew.
DROP TABLE stock;
DELETE FROM projection WHERE name = 'stock';
CREATE INDEX product_minimum ON product (sku) WHERE body ->> 'minimum' > 0;
CREATE TABLE stock (
    sku           TEXT PRIMARY KEY,
    on_hand       INTEGER NOT NULL,
    average_micro INTEGER,
    watched       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_row (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    boxes    INTEGER NOT NULL,
    box      INTEGER NOT NULL,
    arrived  INTEGER NOT NULL,
    PRIMARY KEY (sku, location, lot, expiry)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_row_expiry ON stock_row (expiry) WHERE expiry <> '';
CREATE INDEX stock_row_place ON stock_row (location, sku) WHERE location <> 'main' AND quantity <> 0;
CREATE INDEX stock_row_negative ON stock_row (sku) WHERE quantity < 0;

CREATE TABLE stock_location (
    id      TEXT PRIMARY KEY,
    names   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    retired INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_register (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_level (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    par      INTEGER NOT NULL,
    reorder  INTEGER NOT NULL,
    status   TEXT NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_recall (
    sku   TEXT NOT NULL,
    lot   TEXT NOT NULL,
    note  TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (sku, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_claim (
    kind       TEXT NOT NULL CHECK (kind IN ('reserved', 'ordered')),
    holder     TEXT NOT NULL,
    sku        TEXT NOT NULL,
    location   TEXT NOT NULL,
    quantity   INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (kind, holder, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_claim_sku ON stock_claim (sku);
CREATE INDEX stock_claim_expires ON stock_claim (expires_us) WHERE expires_us > 0;

CREATE TABLE stock_count (
    number     INTEGER PRIMARY KEY,
    location   TEXT NOT NULL,
    blind      INTEGER NOT NULL,
    category   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'posted', 'cancelled')),
    started_us INTEGER NOT NULL,
    started_by TEXT NOT NULL,
    ended_us   INTEGER
) STRICT;

CREATE TABLE stock_count_line (
    number   INTEGER NOT NULL,
    sku      TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    boxes    INTEGER NOT NULL,
    box      INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    looks    INTEGER NOT NULL,
    person   TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (number, sku, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_movement (
    sku             TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    n               INTEGER NOT NULL,
    business_date   TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    cause           TEXT NOT NULL,
    delta           INTEGER NOT NULL,
    boxes           INTEGER NOT NULL,
    box             INTEGER NOT NULL,
    location        TEXT NOT NULL,
    lot             TEXT NOT NULL,
    expiry          TEXT NOT NULL,
    actor           TEXT NOT NULL,
    note            TEXT NOT NULL,
    document        TEXT NOT NULL,
    unit_cost_minor INTEGER,
    balance         INTEGER NOT NULL,
    PRIMARY KEY (sku, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_movement_seq ON stock_movement (seq, n);
