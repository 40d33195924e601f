-- A receipt may be a refund's, and a sale knows what of it came back.
ALTER TABLE receipt RENAME TO receipt_before;
CREATE TABLE receipt (
    register       TEXT NOT NULL,
    number         INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    seq            INTEGER NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    total_minor    INTEGER NOT NULL,
    voided_by      INTEGER,
    refunded_minor INTEGER NOT NULL DEFAULT 0,
    copies         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
INSERT INTO receipt
    (register, number, kind, seq, business_date, at_us, currency, total_minor, voided_by, copies)
SELECT register, number, kind, seq, business_date, at_us, currency, total_minor, voided_by, copies
FROM receipt_before;
DROP TABLE receipt_before;
CREATE TABLE refunded_line (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (register, number, line)
) STRICT, WITHOUT ROWID;
