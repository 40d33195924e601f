-- Strict projection of BottlesTaken and BottlesUndone: empty bottles that came back; `lines` is JSON, bottles.BottleLine.
CREATE TABLE bottles_taken (
    number         INTEGER PRIMARY KEY,
    register       TEXT NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    lines          TEXT NOT NULL,
    paid_minor     INTEGER NOT NULL,
    rounding_minor INTEGER NOT NULL,
    out            TEXT NOT NULL CHECK (out IN ('cash', 'paper')),
    card           TEXT NOT NULL,
    tail           TEXT NOT NULL,
    undone         INTEGER NOT NULL
) STRICT;
