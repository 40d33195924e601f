-- What was poured beyond whole thousandths, which products are made of others, who moved goods, where a supplier is and
-- which lots they brought (see the tables.sql of stock, catalog and purchasing).
CREATE TABLE stock_pour (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    rest     INTEGER NOT NULL,
    of       INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_bundle ON product (sku) WHERE body -> 'parts' IS NOT NULL;
ALTER TABLE supplier ADD COLUMN province TEXT NOT NULL DEFAULT '';
CREATE INDEX stock_movement_actor ON stock_movement (actor, seq, n);
CREATE INDEX purchase_receipt_lot ON purchase_receipt (sku, seq) WHERE lot <> '';
