-- Strict projection of ProductSet and PriceChanged: the catalogue as it is now. `id` is the row of the journal
-- that made the product known; `names` is JSON by language.
CREATE TABLE product (
    id          INTEGER PRIMARY KEY,
    sku         TEXT NOT NULL UNIQUE,
    names       TEXT NOT NULL,
    price_minor INTEGER,
    tax_class   TEXT NOT NULL,
    unit        TEXT NOT NULL CHECK (unit IN ('piece', 'kg', 'litre', 'metre')),
    min_age     INTEGER NOT NULL
) STRICT;
CREATE TABLE product_code (
    code       TEXT PRIMARY KEY,
    product_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code_product ON product_code (product_id);

-- Following projection of ProductSet: names and codes to search in; rowid is product.id.
CREATE VIRTUAL TABLE product_search USING fts5 (
    names, codes, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
