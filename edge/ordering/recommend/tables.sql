-- Strict projection of RecommendationsTrained and RecommendationsReverted; `body` is JSON (events). Deployed is one, in
-- `place` 0; those that were before have 1, 2, ... from the newest on; others none.
CREATE TABLE recommend_model (
    version      TEXT PRIMARY KEY,
    place        INTEGER,
    trained_us   INTEGER NOT NULL,
    trained_date TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    body         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SuggestionRuleSet: what a manager pinned or banned.
CREATE TABLE recommend_rule (
    sku  TEXT PRIMARY KEY,
    rule TEXT NOT NULL CHECK (rule IN ('pinned', 'banned')),
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SuggestionsCounted: how often suggestions were shown, taken and waved away, by day, surface and
-- register.
CREATE TABLE recommend_day (
    day      TEXT NOT NULL,
    surface  TEXT NOT NULL,
    register TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    shown    INTEGER NOT NULL,
    taken    INTEGER NOT NULL,
    waved    INTEGER NOT NULL,
    PRIMARY KEY (day, surface, register, seq)
) STRICT, WITHOUT ROWID;

-- Local state: the same of days that no event has counted yet.
CREATE TABLE recommend_pending (
    day      TEXT NOT NULL,
    surface  TEXT NOT NULL,
    register TEXT NOT NULL,
    shown    INTEGER NOT NULL,
    taken    INTEGER NOT NULL,
    waved    INTEGER NOT NULL,
    PRIMARY KEY (day, surface, register)
) STRICT, WITHOUT ROWID;

-- Local state: what somebody who consented to a profile looked at last; 200 products of a person, for 30 days.
CREATE TABLE recommend_view (
    customer TEXT NOT NULL,
    sku      TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (customer, sku)
) STRICT, WITHOUT ROWID;

-- Local state: what customers bought at the shop's previous system, by day (at noon, UTC), in thousandths; `move` is the job
-- that brought it along. It counts with the customer's consent to a profile, and is kept for 400 days of age.
CREATE TABLE recommend_past (
    customer TEXT NOT NULL,
    sku      TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    move     INTEGER NOT NULL,
    PRIMARY KEY (customer, sku, at_us)
) STRICT, WITHOUT ROWID;
CREATE INDEX recommend_past_move ON recommend_past (move);

-- Local state: what the first pictures of products look like to the shop's model of pictures (picture_vectors.py), by the
-- names of their files; no vector: it cannot look at that one. `id` grows with each that is kept. Made anew by another
-- model; missing where there is none.
CREATE TABLE recommend_picture (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    model  TEXT NOT NULL,
    vector BLOB
) STRICT;
