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
