-- Strict projection of the events of alerts: each by the row of the journal in which it was raised. A key (kind and
-- subject) has one open alert at a time. `worst` is the gravest it has been; `vals`, `causes`, `people`, `roles` and
-- `channels` are JSON. `acked_until_us` is 0 while nobody minds it, `ended_us` while it is open. `turn` counts
-- how often it became news: raised, worse, or again as who minded it does not any more. `acked_via` is from where it was
-- acknowledged, `late_by` and `late_us` who did so too late, and when they said it. `worse_us` is when it became graver
-- last, 0 if it never did.
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
    channels       TEXT NOT NULL,
    acked_via      TEXT NOT NULL DEFAULT '',
    late_by        TEXT NOT NULL DEFAULT '',
    late_us        INTEGER NOT NULL DEFAULT 0,
    worse_us       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE state <> 'resolved';
CREATE INDEX alert_by_key ON alert (kind, subject, first_us);
CREATE INDEX alert_ended ON alert (ended_us) WHERE state = 'resolved';
