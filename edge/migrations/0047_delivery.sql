-- What the other side says later of a message that it took (`delivered`), breakers that outlast a start, keys of links in
-- messages and of web push, and the browsers that people are told by.
ALTER TABLE notify_message RENAME TO notify_message_before;
CREATE TABLE notify_message (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    alert      INTEGER NOT NULL,
    what       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    person     TEXT NOT NULL,
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'unknown', 'failed', 'suppressed')),
    why        TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    made_us    INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    until_us   INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    bundle     INTEGER NOT NULL DEFAULT 0,
    step       INTEGER NOT NULL DEFAULT 0,
    provider   TEXT NOT NULL DEFAULT '',
    body       TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO notify_message SELECT * FROM notify_message_before;
DROP TABLE notify_message_before;
CREATE INDEX notify_message_waiting ON notify_message (channel, next_us) WHERE state IN ('queued', 'sending');
CREATE INDEX notify_message_alert ON notify_message (alert);
CREATE INDEX notify_message_person ON notify_message (person, channel, changed_us);
CREATE INDEX notify_message_provider ON notify_message (provider) WHERE provider <> '';

CREATE TABLE notify_breaker (
    destination TEXT PRIMARY KEY,
    failures    INTEGER NOT NULL,
    wait_ms     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notify_key (
    name   TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notify_browser (
    person  TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    PRIMARY KEY (person, id)
) STRICT, WITHOUT ROWID;
