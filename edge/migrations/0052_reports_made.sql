-- Reports of periods that are over, as they were made; `body` is JSON.
CREATE TABLE report_made (
    kind       TEXT NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
    first_date TEXT NOT NULL,
    last_date  TEXT NOT NULL,
    made_us    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (kind, first_date)
) STRICT, WITHOUT ROWID;
