-- Orders that were handed over in parts say what each came to, and where its receipt is; and what is proposed
-- in the place of lines (see the tables.sql of orders).
ALTER TABLE shop_order ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE shop_order ADD COLUMN proposals TEXT NOT NULL DEFAULT '[]';
-- Since when an order lies on a counter: one that was paid for there, and stays, is told.
ALTER TABLE order_on_counter RENAME TO order_on_counter_before;
CREATE TABLE order_on_counter (
    register TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO order_on_counter (register, order_id, since_us) SELECT register, order_id, 0 FROM order_on_counter_before;
DROP TABLE order_on_counter_before;

-- The shop's money that drivers have.
CREATE TABLE driver_cash (
    driver     TEXT PRIMARY KEY,
    owed_minor INTEGER NOT NULL,
    orders     INTEGER NOT NULL,
    since_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: codes that customers sign in with, by their cart, for ten minutes.
CREATE TABLE sign_in (
    cart     TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    way      TEXT NOT NULL,
    code     TEXT NOT NULL,
    until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
