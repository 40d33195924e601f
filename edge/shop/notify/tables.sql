-- Local state: what a person chose (preferences.py), as JSON sealed under their key. Gone with them.
CREATE TABLE notify_person (
    person TEXT PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: what is to be told, was told, or could not be. One row an alert (0: none in particular), turn of it, person,
-- channel and step: `key`. What goes as one message has one `bundle`, the id of its first. `body` is what is said by
-- itself, sealed under the person's key. Times in UTC microseconds: not before `next_us`, worthless behind `until_us`.
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
CREATE INDEX notify_message_waiting ON notify_message (channel, next_us) WHERE state IN ('queued', 'sending');
CREATE INDEX notify_message_alert ON notify_message (alert);
CREATE INDEX notify_message_person ON notify_message (person, channel, changed_us);
CREATE INDEX notify_message_provider ON notify_message (provider) WHERE provider <> '';

-- Local state: how far each open alert was told: which turn of it, the newest step of its ladder, and since when.
CREATE TABLE notify_ladder (
    alert    INTEGER PRIMARY KEY,
    turn     INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    taken    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Local state: how each channel is: whether a manager switched it off, and what is wrong with it.
CREATE TABLE notify_channel (
    name       TEXT PRIMARY KEY,
    configured INTEGER NOT NULL DEFAULT 0,
    active     INTEGER NOT NULL DEFAULT 1,
    fault      TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '',
    sent_us    INTEGER NOT NULL DEFAULT 0,
    error      TEXT NOT NULL DEFAULT '',
    error_us   INTEGER NOT NULL DEFAULT 0,
    breaker    TEXT NOT NULL DEFAULT 'closed'
) STRICT, WITHOUT ROWID;

-- Local state: the ledger was set back: what was told since is not known here.
CREATE TABLE notify_set_back (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;

-- Local state: destinations that do not answer, so that a start asks them no sooner: left alone until `until_us`.
CREATE TABLE notify_breaker (
    destination TEXT PRIMARY KEY,
    failures    INTEGER NOT NULL,
    wait_ms     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: what links in messages are signed with (`link`), and by which push services know this box (`push`).
CREATE TABLE notify_key (
    name   TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: the browsers a person is told by; `body` is their subscription (W3C Push API), sealed under their key.
CREATE TABLE notify_browser (
    person  TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    PRIMARY KEY (person, id)
) STRICT, WITHOUT ROWID;
