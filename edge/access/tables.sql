-- Strict projection of UserSet and UserRetired: who may sign in, and what is known of them, sealed under their keys.
CREATE TABLE access_user (
    id              TEXT PRIMARY KEY,
    role            TEXT NOT NULL CHECK (role IN ('cashier', 'manager')),
    active          INTEGER NOT NULL,
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    phone           TEXT NOT NULL,
    employee_number TEXT NOT NULL
) STRICT;

-- Local state: the hashes of users' PINs, sealed under their keys.
CREATE TABLE access_secret (
    user_id  TEXT PRIMARY KEY,
    pin_hash TEXT NOT NULL
) STRICT;

-- Local state: names and hashes that were kept in the clear by versions before, until a start has sealed them.
CREATE TABLE access_unsealed (
    user_id  TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    pin_hash TEXT NOT NULL
) STRICT;

-- Local state: the set-up PIN's hash. Not in the journal: a few digits would be guessed from it.
CREATE TABLE access_pin (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    hash TEXT NOT NULL
) STRICT;
