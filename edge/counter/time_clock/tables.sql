-- Strict projection of ClockStamped and WorkCorrected: who worked from when through when (UTC microseconds; `ends_us` 0:
-- they are still in, or forgot to go), on which day of business it began. `break_since_us` 0: not in a break.
CREATE TABLE work_span (
    person         TEXT NOT NULL,
    day            TEXT NOT NULL,
    begins_us      INTEGER NOT NULL,
    ends_us        INTEGER NOT NULL,
    break_us       INTEGER NOT NULL,
    break_since_us INTEGER NOT NULL,
    corrected      INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    PRIMARY KEY (person, day, begins_us, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_span_day ON work_span (day, person);
CREATE INDEX work_span_running ON work_span (person, begins_us) WHERE ends_us = 0;
