-- Shifts: what lies in each register's drawer, and every shift.
CREATE TABLE drawer (
    register TEXT PRIMARY KEY,
    shift    INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
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
    UNIQUE (register, number)
) STRICT;
