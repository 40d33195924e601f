-- For how long looks saw a gap; by how much an answer moved each threshold; how groups of facings were kept. The tables
-- are filled anew from the journal behind this.
DROP TABLE shelf_finding;
CREATE TABLE shelf_finding (
    seq        INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    bay        TEXT NOT NULL,
    version    INTEGER NOT NULL,
    facing     TEXT NOT NULL,
    facings    TEXT NOT NULL,
    sku        TEXT NOT NULL,
    instead    TEXT NOT NULL,
    first_us   INTEGER NOT NULL,
    found_us   INTEGER NOT NULL,
    confidence INTEGER NOT NULL,
    on_hand    INTEGER NOT NULL,
    picture    TEXT NOT NULL,
    closed_us  INTEGER,
    how        TEXT,
    answer     TEXT,
    seen_s     INTEGER,
    steps      TEXT
) STRICT;
CREATE INDEX shelf_finding_open ON shelf_finding (bay, facing, kind) WHERE closed_us IS NULL;
CREATE INDEX shelf_finding_sku ON shelf_finding (sku, first_us);
DROP TABLE shelf_day;
CREATE TABLE shelf_day (
    business_date TEXT NOT NULL,
    bay           TEXT NOT NULL,
    looks         INTEGER NOT NULL,
    right_count   INTEGER NOT NULL,
    seen_count    INTEGER NOT NULL,
    planned_count INTEGER NOT NULL,
    group_right   INTEGER NOT NULL DEFAULT 0,
    group_seen    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (business_date, bay)
) STRICT, WITHOUT ROWID;
