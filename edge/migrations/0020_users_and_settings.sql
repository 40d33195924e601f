-- Users who sign in at the registers; what is said of settings while the shop runs, and what it lets be read.
CREATE TABLE access_user (
    id     TEXT PRIMARY KEY,
    role   TEXT NOT NULL CHECK (role IN ('cashier', 'manager')),
    active INTEGER NOT NULL
) STRICT;

CREATE TABLE access_secret (
    user_id  TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    pin_hash TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    name    TEXT PRIMARY KEY,
    value   TEXT NOT NULL,
    said_by TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;

CREATE TABLE shown_text (
    id       TEXT PRIMARY KEY,
    place    TEXT NOT NULL,
    texts    TEXT NOT NULL,
    from_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    said_by  TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT;
