-- Second factors of people, and which roles must have one.
CREATE TABLE access_factor_policy (
    role   TEXT PRIMARY KEY,
    factor TEXT NOT NULL
) STRICT;
UPDATE projection SET version = 4 WHERE name = 'users';

CREATE TABLE access_factor (
    user_id     TEXT PRIMARY KEY,
    secret      TEXT NOT NULL,
    next_secret TEXT NOT NULL,
    begun_us    INTEGER NOT NULL,
    last_step   INTEGER NOT NULL,
    salt        BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_recovery (
    user_id TEXT NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;
