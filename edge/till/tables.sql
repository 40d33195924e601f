-- Local state: a register's open basket. Kept so that it is there again after a power cut.
CREATE TABLE open_basket (
    register TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SaleCompleted, SaleVoided and ReceiptReprinted: every receipt, gap-free by register.
CREATE TABLE receipt (
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'void')),
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    voided_by     INTEGER,
    copies        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
