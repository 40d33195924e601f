-- Local state: a register's open basket. Kept so that it is there again after a power cut.
CREATE TABLE open_basket (
    register TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SaleCompleted, SaleVoided, SaleRefunded and ReceiptReprinted: every receipt, gap-free by
-- register, and what of each line and of each tender of a sale went back.
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
CREATE INDEX receipt_day ON receipt (business_date, register, seq);
CREATE TABLE refunded_line (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (register, number, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE refunded_tender (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    tender   INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (register, number, tender, kind)
) STRICT, WITHOUT ROWID;

-- Strict projection of NumbersSkipped: numbers that no receipt, or no Z report, has, and why.
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

-- Following projection of the till's papers, cleared baskets and copies: what each register came to since its last Z
-- report, as JSON (rules/day_totals.py: Period); read with what the journal has behind it (periods.py).
CREATE TABLE register_period (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of the Z reports: without gaps in a register.
CREATE TABLE z_report (
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    since_us      INTEGER NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    copies        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;

-- Strict projection of SaleCompleted, SaleRefunded and SaleVoided: which papers are of which customer, and what goods
-- they have of them still: below 0 where some came back, none of a sale that was voided.
CREATE TABLE customer_paper (
    seq           INTEGER PRIMARY KEY,
    customer      TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'refund')),
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    voided_by     INTEGER
) STRICT;
CREATE INDEX customer_paper_customer ON customer_paper (customer, seq);
CREATE INDEX customer_paper_number ON customer_paper (register, number);
CREATE TABLE customer_goods (
    customer TEXT NOT NULL,
    sku      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (customer, sku, seq, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_goods_seq ON customer_goods (seq);

-- Local state: baskets that are set aside. One that was taken up is empty, and is kept for a day to tell who did.
CREATE TABLE parked_basket (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL,
    register       TEXT NOT NULL,
    person         TEXT NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    items          INTEGER NOT NULL,
    total_minor    INTEGER NOT NULL,
    body           BLOB NOT NULL,
    taken_us       INTEGER NOT NULL DEFAULT 0,
    taken_register TEXT NOT NULL DEFAULT '',
    taken_person   TEXT NOT NULL DEFAULT ''
) STRICT;

-- Strict projection of TenderCorrected: which sales were paid otherwise than the till was told; `seq` says how.
CREATE TABLE corrected_sale (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;

-- Strict projection of TrainingStarted and TrainingEnded: at which registers somebody practises, beside the books.
CREATE TABLE training (
    register TEXT PRIMARY KEY,
    person   TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SaleCompleted, SaleRefunded and SaleVoided: papers of goods delivered to another province, or to
-- another member state of the European Union (`place`), with their sums below 0 where goods came back, `taxes` as JSON; and their sums by year.
CREATE TABLE delivered_paper (
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    place         TEXT NOT NULL,
    business_date TEXT NOT NULL,
    net_minor     INTEGER NOT NULL,
    taxes         TEXT NOT NULL,
    PRIMARY KEY (register, number, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivered_paper_day ON delivered_paper (business_date);
CREATE TABLE delivered_year (
    year      INTEGER NOT NULL,
    place     TEXT NOT NULL,
    net_minor INTEGER NOT NULL,
    PRIMARY KEY (year, place)
) STRICT, WITHOUT ROWID;
