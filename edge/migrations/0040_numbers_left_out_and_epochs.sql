-- Z reports have numbers of their own, which are left out as those of receipts are. The rows are made anew from the
-- journal.
DROP TABLE skipped_number;
CREATE TABLE skipped_number (
    register      TEXT NOT NULL,
    series        TEXT NOT NULL CHECK (series IN ('receipt', 'z')),
    first         INTEGER NOT NULL,
    last          INTEGER NOT NULL,
    why           TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (register, series, first)
) STRICT, WITHOUT ROWID;
DELETE FROM projection WHERE name = 'skipped';

-- Where epochs begin, without reading the whole journal.
CREATE INDEX journal_epoch ON journal (seq) WHERE type = 'EpochStarted';
