-- Papers found by day, person, sum and product; and what each register came to on each day of business.
CREATE TABLE paper (
    seq           INTEGER PRIMARY KEY,
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    person        TEXT NOT NULL,
    total_minor   INTEGER NOT NULL
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
CREATE TABLE register_day (
    business_date TEXT NOT NULL,
    register      TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (business_date, register)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_day_newest ON register_day (register, seq);
