-- Reports of periods that are over, as they were made; `body` is JSON.
CREATE TABLE report_made (
    kind       TEXT NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
    first_date TEXT NOT NULL,
    last_date  TEXT NOT NULL,
    made_us    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (kind, first_date)
) STRICT, WITHOUT ROWID;

-- The weather of days, as head office handed it down: tenths of degrees Celsius and of millimetres.
CREATE TABLE weather (
    day         TEXT PRIMARY KEY,
    high_tenths INTEGER NOT NULL,
    low_tenths  INTEGER NOT NULL,
    rain_tenths INTEGER NOT NULL,
    said_us     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
