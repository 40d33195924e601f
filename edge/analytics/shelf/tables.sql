-- Strict projection of what is planned, found and answered: the bays' planograms by version, what cameras found with
-- how each of it ended, the state of each camera, and what answers taught of single facings.
CREATE TABLE planogram (
    bay        TEXT NOT NULL,
    version    INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    name       TEXT NOT NULL,
    camera     TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    at_us      INTEGER NOT NULL,
    ended      INTEGER NOT NULL DEFAULT 0,
    body       BLOB NOT NULL,
    PRIMARY KEY (bay, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE shelf_reference (
    bay           TEXT NOT NULL,
    light         TEXT NOT NULL,
    full          TEXT NOT NULL,
    picture       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (bay, light)
) STRICT, WITHOUT ROWID;
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
    steps      TEXT,
    behind     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX shelf_finding_open ON shelf_finding (bay, facing, kind) WHERE closed_us IS NULL;
CREATE INDEX shelf_finding_sku ON shelf_finding (sku, first_us);
CREATE TABLE shelf_camera (
    camera   TEXT PRIMARY KEY,
    state    TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shelf_learned (
    bay        TEXT NOT NULL,
    facing     TEXT NOT NULL,
    percent    INTEGER NOT NULL,
    changed_on TEXT NOT NULL,
    wrong_us   TEXT NOT NULL,
    PRIMARY KEY (bay, facing)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE bottle_type (
    sku  TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: the newest look at each bay, and how often what it saw was seen, until that is a fact.
CREATE TABLE shelf_look (
    bay     TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    at_us   INTEGER NOT NULL,
    look    BLOB NOT NULL,
    track   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
