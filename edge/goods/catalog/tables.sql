-- Strict projection of all events of a product: the catalogue as it is now. `id` is the row of the journal that made
-- the product known, `seq` the last one that changed it; `body` is JSON, product.Product;
-- `product_change` has all rows that changed it.
CREATE TABLE product (
    id          INTEGER PRIMARY KEY,
    sku         TEXT NOT NULL UNIQUE,
    body        TEXT NOT NULL,
    price_minor INTEGER,
    priced_us   INTEGER NOT NULL,
    priced_by   TEXT NOT NULL,
    category    TEXT,
    brand       TEXT,
    retired_us  INTEGER,
    retired_by  TEXT,
    seq         INTEGER NOT NULL
) STRICT;
CREATE INDEX product_changed ON product (seq);
CREATE INDEX product_category ON product (category, id) WHERE category IS NOT NULL;
CREATE INDEX product_brand ON product (brand COLLATE NOCASE, id) WHERE brand IS NOT NULL;
CREATE INDEX product_retired ON product (category) WHERE retired_us IS NOT NULL;
CREATE INDEX product_variant ON product (body ->> 'variant_of') WHERE body ->> 'variant_of' IS NOT NULL;
CREATE INDEX product_minimum ON product (sku) WHERE body ->> 'minimum' > 0;
CREATE INDEX product_bundle ON product (sku) WHERE body -> 'parts' IS NOT NULL;
CREATE TABLE product_change (
    product_id INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (product_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE product_code (
    code        TEXT PRIMARY KEY,
    product_id  INTEGER NOT NULL,
    units       INTEGER NOT NULL,
    price_minor INTEGER,
    name        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code_product ON product_code (product_id);
CREATE TABLE product_attribute (
    product_id INTEGER NOT NULL,
    name       TEXT NOT NULL,
    text       TEXT NOT NULL,
    low        INTEGER,
    high       INTEGER,
    unit       TEXT NOT NULL,
    PRIMARY KEY (product_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_attribute_name ON product_attribute (name, low);
CREATE TABLE product_word (
    product_id INTEGER NOT NULL,
    source     TEXT NOT NULL,
    checksum   TEXT NOT NULL,
    line       INTEGER NOT NULL,
    at_us      INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    says       TEXT,
    PRIMARY KEY (product_id, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE price (
    product_id  INTEGER NOT NULL,
    list        TEXT NOT NULL,
    bound       INTEGER NOT NULL CHECK (bound IN (0, 1)),
    from_us     INTEGER NOT NULL,
    until_us    INTEGER,
    price_minor INTEGER NOT NULL,
    source      TEXT NOT NULL,
    PRIMARY KEY (product_id, list, bound, from_us)
) STRICT, WITHOUT ROWID;
CREATE INDEX price_list ON price (list) WHERE list <> 'store';

-- Strict projection of CategorySet and CategoryRemoved: the tree of categories; `names` and `attributes` are JSON.
CREATE TABLE category (
    id         TEXT PRIMARY KEY,
    parent     TEXT NOT NULL,
    names      TEXT NOT NULL,
    attributes TEXT NOT NULL,
    price_jump_percent INTEGER,
    sort_order INTEGER NOT NULL DEFAULT 0,
    regulated TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX category_parent ON category (parent);
CREATE INDEX category_limited ON category (id) WHERE attributes LIKE '%"most":%';
