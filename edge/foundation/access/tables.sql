-- Strict projection of UserSet, UserRetired, UserSuspended and PasswordSet: who may sign in, what is known of them, sealed
-- under their keys, whose word the first of them was, and whether they were let in no more until this shop says so.
CREATE TABLE access_user (
    id              TEXT PRIMARY KEY,
    role            TEXT NOT NULL,
    active          INTEGER NOT NULL,
    made_by         TEXT NOT NULL,
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    phone           TEXT NOT NULL,
    employee_number TEXT NOT NULL,
    suspended       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Strict projection of RoleSet and RoleRetired: the shop's own roles, beside those that are built in; `body` is JSON,
-- commands.OwnRole.
CREATE TABLE access_role (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of FactorPolicySet: the second factor that a role asks for; where nothing is said, none.
CREATE TABLE access_factor_policy (
    role   TEXT PRIMARY KEY,
    factor TEXT NOT NULL
) STRICT;

-- Local state: second factors. Secrets are sealed under the users' own keys; `secret` is "" until the first right code of
-- `next_secret`, `last_step` is the newest step of 30 s that was used, `salt` that of the recovery codes.
CREATE TABLE access_factor (
    user_id     TEXT PRIMARY KEY,
    secret      TEXT NOT NULL,
    next_secret TEXT NOT NULL,
    begun_us    INTEGER NOT NULL,
    last_step   INTEGER NOT NULL,
    salt        BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: recovery codes that were not used yet, hashed.
CREATE TABLE access_recovery (
    user_id TEXT NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Local state: the hashes of users' PINs, sealed under their keys.
CREATE TABLE access_secret (
    user_id  TEXT PRIMARY KEY,
    pin_hash TEXT NOT NULL
) STRICT;


-- Local state: the set-up PIN's hash. Not in the journal: a few digits would be guessed from it.
CREATE TABLE access_pin (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    hash TEXT NOT NULL
) STRICT;

-- Local state: how often which person's PIN was wrong, and how often anything was at which place; `left_us` of a wait.
CREATE TABLE access_try (
    what    TEXT PRIMARY KEY,
    wrong   INTEGER NOT NULL,
    total   INTEGER NOT NULL,
    left_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: browsers that a manager let in, and those that ask to be. Of the cookie only SHA-256 is kept: what holds,
-- what is to come once the browser has it, and what held before.
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

-- Local state: keys of programs. Of a key only SHA-256 is kept; `ended` stays 1 whatever the clock says later, and
-- `used_us` is the hour of the last use.
CREATE TABLE access_key (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    rights   TEXT NOT NULL,
    register TEXT NOT NULL,
    maker    TEXT NOT NULL,
    secret   BLOB NOT NULL,
    made_us  INTEGER NOT NULL,
    ends_us  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    used_us  INTEGER NOT NULL,
    network  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: sessions of people: at tills, on the manager's pages, on their own devices, of their programs. Of what a
-- browser shows only SHA-256 is kept. How old one is, how long untouched, and how long ago a PIN or password was entered,
-- are as they were at `saved_us`.
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

-- Local state: refresh tokens of programs, one family a session: SHA-256 of the token that holds, of the one that was
-- spent for it, when and from where, and whether that spent one was forgiven once already. From `salt` and a token comes
-- the next one.
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

-- Local state: Argon2id hashes of passwords, sealed under the users' keys.
CREATE TABLE access_password (
    user_id       TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: codes that a manager gave on paper, one a person, and how often another one was typed.
CREATE TABLE access_paper_code (
    user_id TEXT PRIMARY KEY,
    hash    TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    wrong   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: codes that were sent, for a day; keyed hashes. `hash` is x'' once a code was used or spoilt.
CREATE TABLE access_sent_code (
    id      INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    caller  TEXT NOT NULL,
    hash    BLOB NOT NULL,
    made_us INTEGER NOT NULL,
    wrong   INTEGER NOT NULL
) STRICT;

-- Local state: who showed a PIN, a password or a code, how, where, and whether it was right; and copies of cookies and
-- tokens that were seen. For 90 days; never in the journal.
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

-- Local state: who looked at what is kept of people (`of`: of whom, where it was one), or at a secret. For 90 days; never
-- in the journal.
CREATE TABLE access_look (
    id       INTEGER PRIMARY KEY,
    at_us    INTEGER NOT NULL,
    user_id  TEXT NOT NULL,
    what     TEXT NOT NULL,
    of       TEXT NOT NULL,
    register TEXT NOT NULL,
    network  TEXT NOT NULL
) STRICT;
CREATE INDEX access_look_at ON access_look (at_us);
CREATE INDEX access_look_of ON access_look (of, id) WHERE of <> '';
