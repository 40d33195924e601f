-- Strict projection of StockMoved: what is on hand, in thousandths. Negative: more was sold than was known of.
CREATE TABLE stock (
    sku     TEXT PRIMARY KEY,
    on_hand INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
