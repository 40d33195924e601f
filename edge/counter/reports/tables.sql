-- Following projection of SaleCompleted, SaleVoided and SaleRefunded: every paper with who made it, and of which products
-- it is (in thousandths of their units, and minor units; below 0 what came back). A void takes back what its sale had.
-- `sold`: whether it sold anything, or only took money that the shop owes.
CREATE TABLE paper (
    seq           INTEGER PRIMARY KEY,
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    person        TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    sold          INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX paper_number ON paper (number, register);
CREATE INDEX paper_register ON paper (register);
CREATE INDEX paper_day ON paper (business_date);
CREATE INDEX paper_person ON paper (person);
CREATE INDEX paper_total ON paper (total_minor);
CREATE TABLE paper_product (
    sku      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (sku, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_product_seq ON paper_product (seq);

-- Following projection of the same, of cleared baskets and of copies: what a register came to on a day of business, as
-- JSON (till/rules/day_totals.py: Day); `seq` is its newest fact.
CREATE TABLE register_day (
    business_date TEXT NOT NULL,
    register      TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (business_date, register)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_day_newest ON register_day (register, seq);

-- Following projection of the same: which modifiers were sold on a paper, in thousandths and with what they added; a void
-- takes back what its sale had. `ref` is group/modifier, `names` what it was called, as JSON.
CREATE TABLE paper_modifier (
    seq      INTEGER NOT NULL,
    ref      TEXT NOT NULL,
    names    BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (seq, ref)
) STRICT, WITHOUT ROWID;

-- Strict projection of PastReceiptsRecorded and PastReceiptsTakenBack: receipts imported from another system. `skus` are those of
-- its lines between commas; the lines are at `place` of the event in row `seq`. No figure, book or tax report reads it.
CREATE TABLE past_receipt (
    business_date TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    place         INTEGER NOT NULL,
    import_us     INTEGER NOT NULL,
    number        TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    skus          TEXT NOT NULL,
    PRIMARY KEY (business_date, seq, place)
) STRICT, WITHOUT ROWID;
