-- Roles of the shop's own, whose word a user is, counts of wrong tries, and paired browsers.
ALTER TABLE access_user RENAME TO access_user_before;
CREATE TABLE access_user (
    id              TEXT PRIMARY KEY,
    role            TEXT NOT NULL,
    active          INTEGER NOT NULL,
    made_by         TEXT NOT NULL,
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    phone           TEXT NOT NULL,
    employee_number TEXT NOT NULL
) STRICT;
INSERT INTO access_user SELECT id, role, active, 'manager', name, email, phone, employee_number FROM access_user_before;
DROP TABLE access_user_before;
UPDATE projection SET version = 3 WHERE name = 'users';

CREATE TABLE access_role (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    rights TEXT NOT NULL,
    limits TEXT NOT NULL,
    active INTEGER NOT NULL
) STRICT;

CREATE TABLE access_try (
    what    TEXT PRIMARY KEY,
    wrong   INTEGER NOT NULL,
    total   INTEGER NOT NULL,
    left_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_pairing (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    register    TEXT NOT NULL,
    label       TEXT NOT NULL,
    digits      TEXT NOT NULL,
    network     TEXT NOT NULL,
    asked_us    INTEGER NOT NULL,
    paired_us   INTEGER NOT NULL,
    used_us     INTEGER NOT NULL,
    rotated_us  INTEGER NOT NULL,
    secret      BLOB NOT NULL,
    next        BLOB NOT NULL,
    before      BLOB NOT NULL,
    before_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
