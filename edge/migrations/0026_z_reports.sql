-- A Z report closes: what a register came to is kept since its last Z, not by day; and what went back by tender.
DROP TABLE register_day;
DELETE FROM projection WHERE name = 'days';
CREATE TABLE register_period (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE z_report (
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    since_us      INTEGER NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    copies        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
-- What of a sale's tenders went back: `tender` is its place in the sale, 0 where it went to none of them.
CREATE TABLE refunded_tender (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    tender   INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (register, number, tender, kind)
) STRICT, WITHOUT ROWID;
