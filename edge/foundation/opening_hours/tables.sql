-- Strict projection of HoursSet: the hours of the store (one row).
CREATE TABLE store_hours (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    body BLOB NOT NULL
) STRICT;
