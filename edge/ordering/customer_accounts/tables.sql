-- Strict projection of WayProved, WayRemoved, CustomersMerged and PersonForgotten: by which phone and e-mail customers have
-- proved to be who they are; `value` is ciphertext under the key of `person`.
CREATE TABLE account_way (
    customer  TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('email', 'sms')),
    person    TEXT NOT NULL,
    value     TEXT NOT NULL,
    proved_us INTEGER NOT NULL,
    PRIMARY KEY (customer, kind)
) STRICT, WITHOUT ROWID;

-- Local state: where customers are signed in, by the digest of the secret in their browser; codes that were sent, for ten
-- minutes, with where to as a remark of the day; the way before one that was replaced, for three days; passkeys with
-- how often each was used, as it says itself; what passkeys were asked to sign, for five minutes.
CREATE TABLE account_session (
    digest    BLOB PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    customer  TEXT NOT NULL,
    way       TEXT NOT NULL,
    device    TEXT NOT NULL,
    began_us  INTEGER NOT NULL,
    used_us   INTEGER NOT NULL,
    fresh_us  INTEGER NOT NULL,
    fresh_way TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_session_customer ON account_session (customer);
CREATE TABLE account_code (
    digest   BLOB PRIMARY KEY,
    purpose  TEXT NOT NULL CHECK (purpose IN ('sign_in', 'confirm', 'way')),
    customer TEXT NOT NULL,
    way      TEXT NOT NULL,
    sent_to  TEXT NOT NULL,
    language TEXT NOT NULL,
    code     TEXT NOT NULL,
    until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE account_undo (
    customer TEXT NOT NULL,
    kind     TEXT NOT NULL,
    value    TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    PRIMARY KEY (customer, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_passkey (
    credential BLOB PRIMARY KEY,
    customer   TEXT NOT NULL,
    key        BLOB NOT NULL,
    algorithm  INTEGER NOT NULL,
    device     TEXT NOT NULL,
    count      INTEGER NOT NULL,
    added_us   INTEGER NOT NULL,
    used_us    INTEGER NOT NULL,
    ended      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX account_passkey_customer ON account_passkey (customer);
CREATE TABLE account_challenge (
    challenge BLOB PRIMARY KEY,
    purpose   TEXT NOT NULL,
    customer  TEXT NOT NULL,
    until_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
