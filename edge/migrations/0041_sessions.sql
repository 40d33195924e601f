-- Sessions that outlive a restart, passwords, codes, and who showed what where. All of it local state.
CREATE TABLE access_session (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    secret     BLOB NOT NULL,
    mark       TEXT NOT NULL,
    register   TEXT NOT NULL,
    seat       TEXT NOT NULL,
    label      TEXT NOT NULL,
    network    TEXT NOT NULL,
    day        TEXT NOT NULL,
    begun_us   INTEGER NOT NULL,
    age_us     INTEGER NOT NULL,
    idle_us    INTEGER NOT NULL,
    entered_us INTEGER NOT NULL,
    saved_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_refresh (
    session_id TEXT PRIMARY KEY,
    secret     BLOB NOT NULL,
    spent      BLOB NOT NULL,
    spent_us   INTEGER NOT NULL,
    client     TEXT NOT NULL,
    forgiven   INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    salt       BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_password (
    user_id       TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_paper_code (
    user_id TEXT PRIMARY KEY,
    hash    TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    wrong   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE access_sent_code (
    id      INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    caller  TEXT NOT NULL,
    hash    BLOB NOT NULL,
    made_us INTEGER NOT NULL,
    wrong   INTEGER NOT NULL
) STRICT;

CREATE TABLE access_login (
    id      INTEGER PRIMARY KEY,
    at_us   INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    how     TEXT NOT NULL,
    place   TEXT NOT NULL,
    network TEXT NOT NULL,
    result  TEXT NOT NULL
) STRICT;
CREATE INDEX access_login_at ON access_login (at_us);
