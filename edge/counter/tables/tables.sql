-- Strict projection of TableSet and TableEnded: the tables.
CREATE TABLE restaurant_table (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    name TEXT AS (body ->> '$.name'),
    area TEXT AS (coalesce(body ->> '$.area', ''))
) STRICT, WITHOUT ROWID;

-- Local state: how many sit at a table, since when, who serves them (a user's id), and which sum the bill had that they
-- were shown last (0: none).
CREATE TABLE table_guests (
    id           TEXT PRIMARY KEY,
    guests       INTEGER NOT NULL,
    since_us     INTEGER NOT NULL,
    person       TEXT NOT NULL,
    billed_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
