-- Strict projection of UserSet and UserRetired: who may sign in, by an id that says nothing of them.
CREATE TABLE access_user (
    id     TEXT PRIMARY KEY,
    role   TEXT NOT NULL CHECK (role IN ('cashier', 'manager')),
    active INTEGER NOT NULL
) STRICT;

-- Local state: what is known of users in this shop alone, until they are retired.
CREATE TABLE access_secret (
    user_id  TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    pin_hash TEXT NOT NULL
) STRICT;

-- Local state: the set-up PIN's hash. Not in the journal: a few digits would be guessed from it.
CREATE TABLE access_pin (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    hash TEXT NOT NULL
) STRICT;
