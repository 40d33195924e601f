-- Strict projection of InvoiceIssued, InvoicePrinted and PersonForgotten: the documents, in the order of their issue.
-- `paper` is the till's paper that it is of, `place` its count in the row of its year and epoch; `changes` are
-- the documents that it changes, as JSON; `replaced_by` is empty where it holds. `part`: of the paper, empty: all of it.
-- What begins with `1.` is ciphertext under `key`.
CREATE TABLE invoice (
    number         TEXT PRIMARY KEY,
    seq            INTEGER NOT NULL,
    epoch          INTEGER NOT NULL,
    year           INTEGER NOT NULL,
    place          INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('invoice', 'credit', 'debit')),
    register       TEXT NOT NULL,
    paper          INTEGER NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    net_minor      INTEGER NOT NULL,
    total_minor    INTEGER NOT NULL,
    rounding_minor INTEGER NOT NULL,
    taxes          TEXT NOT NULL,
    changes        TEXT NOT NULL,
    replaces       TEXT NOT NULL,
    replaced_by    TEXT NOT NULL DEFAULT '',
    customer       TEXT NOT NULL,
    language       TEXT NOT NULL,
    kept_until     TEXT NOT NULL,
    key            TEXT NOT NULL,
    checked        TEXT NOT NULL,
    name           TEXT NOT NULL,
    address        TEXT NOT NULL,
    tax_number     TEXT NOT NULL,
    email          TEXT NOT NULL,
    prints         INTEGER NOT NULL DEFAULT 0,
    ended          INTEGER NOT NULL DEFAULT 0,
    part           TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invoice_key ON invoice (key);
CREATE UNIQUE INDEX invoice_place ON invoice (year, epoch, place);
CREATE UNIQUE INDEX invoice_paper ON invoice (register, paper, part) WHERE replaced_by = '';
CREATE INDEX invoice_seq ON invoice (seq);
CREATE INDEX invoice_customer ON invoice (customer, seq) WHERE customer <> '';
CREATE INDEX invoice_kept ON invoice (kept_until) WHERE NOT ended;

-- Strict projection of SaleCompleted, SaleRefunded and SaleVoided: which papers of the till change which.
CREATE TABLE invoice_change (
    register    TEXT NOT NULL,
    paper       INTEGER NOT NULL,
    by_register TEXT NOT NULL,
    by_paper    INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (by_register, by_paper, register, paper)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_change_of ON invoice_change (register, paper, seq);
