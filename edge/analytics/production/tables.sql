-- Strict projection of BomSet and BomEnded: bills of material as they are now.
CREATE TABLE bom (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of BomSet and BomEnded: which bills name a component.
CREATE TABLE bom_component (
    sku TEXT NOT NULL,
    bom TEXT NOT NULL,
    PRIMARY KEY (sku, bom)
) STRICT, WITHOUT ROWID;
CREATE INDEX bom_component_bom ON bom_component (bom);
CREATE INDEX bom_sku ON bom (body ->> '$.sku');

-- Strict projection of BomSet: every version there was, by which orders go on that were planned by it.
CREATE TABLE bom_version (
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- Strict projection of WorkPlanned, WorkStarted, WorkReported and WorkEnded: `good` and `scrap` of `quantity` are made, in
-- thousandths; `taken_milli` went into that, `brought_milli` came in with it, in thousandths of a minor unit.
CREATE TABLE work_order (
    number           INTEGER PRIMARY KEY,
    sku              TEXT NOT NULL,
    quantity         INTEGER NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    bom              TEXT NOT NULL,
    bom_version      INTEGER NOT NULL,
    source           TEXT NOT NULL,
    target           TEXT NOT NULL,
    start_on         TEXT NOT NULL,
    due_on           TEXT NOT NULL,
    extra_cost_minor INTEGER NOT NULL,
    good             INTEGER NOT NULL,
    scrap            INTEGER NOT NULL,
    taken_milli      INTEGER NOT NULL,
    brought_milli    INTEGER NOT NULL,
    planned_us       INTEGER NOT NULL,
    changed_us       INTEGER NOT NULL,
    changed_by       TEXT NOT NULL
) STRICT;
CREATE INDEX work_order_open ON work_order (start_on, number) WHERE state IN ('planned', 'in_progress');
CREATE INDEX work_order_sku ON work_order (sku, number);

-- Strict projection of WorkPlanned, ComponentsIssued, ComponentsReturned and WorkReported: of each component what all of
-- the order needs, what left the stock, came back and went into goods; `wip_milli` is what the rest is worth.
CREATE TABLE work_component (
    number    INTEGER NOT NULL,
    sku       TEXT NOT NULL,
    n         INTEGER NOT NULL,
    need      INTEGER NOT NULL,
    whole     INTEGER NOT NULL,
    issued    INTEGER NOT NULL,
    returned  INTEGER NOT NULL,
    consumed  INTEGER NOT NULL,
    wip_milli INTEGER NOT NULL,
    unknown   INTEGER NOT NULL,
    PRIMARY KEY (number, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_component_sku ON work_component (sku);

-- Strict projection of ComponentsIssued and ComponentsReturned: which lots an order took; what came back is below 0.
CREATE TABLE work_issue (
    number   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    sku      TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    location TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    PRIMARY KEY (number, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_issue_lot ON work_issue (sku, lot) WHERE lot <> '';

-- Strict projection of WorkReported: what was made, each time somebody said so.
CREATE TABLE work_report (
    seq           INTEGER PRIMARY KEY,
    number        INTEGER NOT NULL,
    sku           TEXT NOT NULL,
    good          INTEGER NOT NULL,
    scrap         INTEGER NOT NULL,
    lot           TEXT NOT NULL,
    taken_milli   INTEGER NOT NULL,
    brought_milli INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    actor         TEXT NOT NULL
) STRICT;
CREATE INDEX work_report_number ON work_report (number, seq);
CREATE INDEX work_report_lot ON work_report (sku, lot) WHERE good > 0;

-- Strict projection of GoodsTakenApart: what was taken apart, and into what (`parts`, JSON, events.RecoveredPart).
CREATE TABLE taken_apart (
    number        INTEGER PRIMARY KEY,
    sku           TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    location      TEXT NOT NULL,
    value_milli   INTEGER,
    parts         TEXT NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    actor         TEXT NOT NULL
) STRICT;

-- Strict projection of GoodsTakenApart: which lots were taken apart (below 0), and as which their components came in.
CREATE TABLE apart_lot (
    number INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    sku    TEXT NOT NULL,
    lot    TEXT NOT NULL,
    delta  INTEGER NOT NULL,
    PRIMARY KEY (number, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX apart_lot_sku ON apart_lot (sku, lot);
