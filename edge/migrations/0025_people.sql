-- People who can be forgotten: their keys, those who were, and by what they are looked up. Names and PINs of users,
-- which were kept in the clear, wait in access_unsealed for the next start, which seals them.
PRAGMA secure_delete = ON;

CREATE TABLE person_forgotten (
    person TEXT PRIMARY KEY,
    epoch  INTEGER NOT NULL,
    seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO projection (name, version, seq) VALUES ('people', 1, 0);

CREATE TABLE person_key (
    person   TEXT PRIMARY KEY,
    wrapping TEXT NOT NULL,
    wrapped  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX person_key_wrapping ON person_key (wrapping);

CREATE TABLE person_index (
    person   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    wrapping TEXT NOT NULL,
    digest   BLOB NOT NULL,
    sealed   TEXT NOT NULL,
    PRIMARY KEY (person, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_index_digest ON person_index (kind, digest);
CREATE INDEX person_index_wrapping ON person_index (wrapping);

ALTER TABLE access_user RENAME TO access_user_before;
CREATE TABLE access_user (
    id              TEXT PRIMARY KEY,
    role            TEXT NOT NULL CHECK (role IN ('cashier', 'manager')),
    active          INTEGER NOT NULL,
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    phone           TEXT NOT NULL,
    employee_number TEXT NOT NULL
) STRICT;
INSERT INTO access_user SELECT id, role, active, '', '', '', '' FROM access_user_before;
DROP TABLE access_user_before;
UPDATE projection SET version = 2 WHERE name = 'users';

CREATE TABLE access_unsealed (
    user_id  TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    pin_hash TEXT NOT NULL
) STRICT;
INSERT INTO access_unsealed SELECT user_id, name, pin_hash FROM access_secret;
DROP TABLE access_secret;
CREATE TABLE access_secret (
    user_id  TEXT PRIMARY KEY,
    pin_hash TEXT NOT NULL
) STRICT;

PRAGMA secure_delete = OFF;
