-- Alerts: what needs a person, and who minds it.
CREATE TABLE alert (
    id             INTEGER PRIMARY KEY,
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    severity       TEXT NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'info')),
    worst          TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('raised', 'acknowledged', 'resolved')),
    count          INTEGER NOT NULL,
    first_us       INTEGER NOT NULL,
    last_us        INTEGER NOT NULL,
    ended_us       INTEGER NOT NULL,
    turn           INTEGER NOT NULL,
    turn_us        INTEGER NOT NULL,
    turn_why       TEXT NOT NULL CHECK (turn_why IN ('raised', 'worse', 'again')),
    acked_by       TEXT NOT NULL,
    acked_us       INTEGER NOT NULL,
    acked_until_us INTEGER NOT NULL,
    note           TEXT NOT NULL,
    vals           TEXT NOT NULL,
    cause_seq      INTEGER NOT NULL,
    causes         TEXT NOT NULL,
    raised_by      TEXT NOT NULL,
    people         TEXT NOT NULL,
    roles          TEXT NOT NULL,
    channels       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE state <> 'resolved';
CREATE INDEX alert_by_key ON alert (kind, subject, first_us);
CREATE INDEX alert_ended ON alert (ended_us) WHERE state = 'resolved';

-- Notifications: what people chose, what is to be told, and how far that is.
CREATE TABLE notify_person (
    person TEXT PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notify_message (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    alert      INTEGER NOT NULL,
    what       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    person     TEXT NOT NULL,
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed', 'suppressed')),
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

CREATE TABLE notify_ladder (
    alert    INTEGER PRIMARY KEY,
    turn     INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    taken    INTEGER NOT NULL DEFAULT 0
) STRICT;

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

CREATE TABLE notify_set_back (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;
