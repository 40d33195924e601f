-- Strict projection of TrialStarted and TrialEnded: every trial; `body` is JSON, trial.Trial. Without `why` it is running or
-- planned.
CREATE TABLE trial (
    number     INTEGER PRIMARY KEY,
    body       TEXT NOT NULL,
    started_us INTEGER NOT NULL,
    first_date TEXT NOT NULL,
    ended_us   INTEGER,
    ended_date TEXT NOT NULL DEFAULT '',
    why        TEXT NOT NULL DEFAULT '',
    subject    TEXT NOT NULL DEFAULT '',
    shortfall_minor INTEGER NOT NULL DEFAULT 0,
    seq        INTEGER NOT NULL
) STRICT;
CREATE INDEX trial_running ON trial (number) WHERE why = '';
