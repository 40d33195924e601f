-- Receipt numbers that are left out after a restore, so that none is given twice.
CREATE TABLE skipped_number (
    register      TEXT NOT NULL,
    first         INTEGER NOT NULL,
    last          INTEGER NOT NULL,
    why           TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (register, first)
) STRICT, WITHOUT ROWID;
