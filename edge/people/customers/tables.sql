-- Strict projection of CustomerSet, PreferencesSet, CustomersMerged, ConsentGiven and PersonForgotten: customers as
-- they are now. What begins with `1.` is ciphertext; `merged_into` names the kept one, `profile` the id whose key the
-- preferences are under, "" without consent.
CREATE TABLE customer (
    id          TEXT PRIMARY KEY,
    price_list  TEXT NOT NULL,
    name        TEXT NOT NULL,
    phone       TEXT NOT NULL,
    extension   TEXT NOT NULL,
    email       TEXT NOT NULL,
    born        TEXT NOT NULL,
    language    TEXT NOT NULL,
    member_code TEXT NOT NULL,
    addresses   TEXT NOT NULL,
    profile     TEXT NOT NULL DEFAULT '',
    preferences TEXT NOT NULL DEFAULT '',
    merged_into TEXT,
    forgotten   INTEGER NOT NULL DEFAULT 0,
    since_us    INTEGER NOT NULL,
    changed_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_merged_into ON customer (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX customer_changed ON customer (changed_us) WHERE merged_into IS NULL AND NOT forgotten;
CREATE INDEX customer_profile ON customer (profile) WHERE profile <> '';

-- Strict projection of ConsentGiven and ConsentWithdrawn: every yes and no to a purpose; the last one of it holds.
CREATE TABLE customer_consent (
    customer     TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    wording      TEXT NOT NULL,
    language     TEXT NOT NULL,
    how          TEXT NOT NULL,
    given_us     INTEGER NOT NULL,
    withdrawn_us INTEGER,
    PRIMARY KEY (customer, purpose, seq)
) STRICT, WITHOUT ROWID;

-- Strict projection of WordingPublished: how consents are asked for; `texts` is JSON by language.
CREATE TABLE consent_wording (
    purpose  TEXT NOT NULL,
    wording  TEXT NOT NULL,
    texts    TEXT NOT NULL,
    material INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (purpose, wording)
) STRICT, WITHOUT ROWID;

-- Strict projection of WishAdded, WishRemoved, CustomersMerged and PersonForgotten: what customers wish for; `person` is
-- under whose key the note stands.
CREATE TABLE customer_wish (
    customer    TEXT NOT NULL,
    sku         TEXT NOT NULL,
    person      TEXT NOT NULL,
    note        TEXT NOT NULL,
    added_us    INTEGER NOT NULL,
    price_minor INTEGER,
    on_hand     INTEGER NOT NULL,
    PRIMARY KEY (customer, sku)
) STRICT, WITHOUT ROWID;

-- Strict projection of all events of customers: which rows of the journal are about whom.
CREATE TABLE customer_fact (
    customer TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (customer, seq)
) STRICT, WITHOUT ROWID;

-- Strict projection of RequestNoted, RequestAnswered, PersonalDataRead and PersonForgotten: what customers asked by law;
-- `answered_us` NULL: it waits.
CREATE TABLE customer_request (
    seq         INTEGER PRIMARY KEY,
    customer    TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('access', 'correction', 'erasure')),
    asked_us    INTEGER NOT NULL,
    answered_us INTEGER,
    refused     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX customer_request_waiting ON customer_request (asked_us) WHERE answered_us IS NULL;

-- Strict projection of BreachNoted: what got where it should not be.
CREATE TABLE privacy_breach (
    seq      INTEGER PRIMARY KEY,
    noted_us INTEGER NOT NULL,
    began_us INTEGER NOT NULL,
    people   INTEGER NOT NULL,
    harm     INTEGER NOT NULL,
    what     TEXT NOT NULL,
    told     INTEGER NOT NULL
) STRICT;
