-- Local state: what is to be told, was told, or could not be. One row an alert (0: none in particular), turn of it, person,
-- channel and step: `key`. What goes as one message has one `bundle`, the id of its first. `body` is what is said by
-- itself, sealed under the person's key; `about` what a letter is about (letters.py), as JSON without anything of people.
-- `channel` is empty as long as none is chosen. Times in UTC microseconds: not before `next_us`, worthless behind
-- `until_us`.
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
    body       TEXT NOT NULL DEFAULT '',
    about      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX notify_message_waiting ON notify_message (channel, next_us) WHERE state IN ('queued', 'sending');
CREATE INDEX notify_message_alert ON notify_message (alert);
CREATE INDEX notify_message_person ON notify_message (person, channel, changed_us);
CREATE INDEX notify_message_provider ON notify_message (provider) WHERE provider <> '';
CREATE INDEX notify_message_left_out ON notify_message (person, channel) WHERE why = 'too_many' AND bundle = 0;
