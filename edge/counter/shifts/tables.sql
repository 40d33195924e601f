-- Following projection of the events of shifts and of the till's papers: what lies in each register's drawer, as JSON
-- (rules.py: Drawer); read with what the journal has behind it (drawers.py).
CREATE TABLE drawer (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of the events of shifts: every shift, by the row of the journal in which it was opened.
CREATE TABLE shift (
    seq            INTEGER PRIMARY KEY,
    register       TEXT NOT NULL,
    number         INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    opened_us      INTEGER NOT NULL,
    opened_date    TEXT NOT NULL,
    opened_by      TEXT NOT NULL,
    float_minor    INTEGER NOT NULL,
    closed_seq     INTEGER,
    closed_us      INTEGER,
    closed_date    TEXT,
    closed_by      TEXT,
    total_minor    INTEGER,
    expected_minor INTEGER,
    counted_minor  INTEGER,
    copies         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (register, number)
) STRICT;
