-- Money that was paid ahead for orders: what of it is there now, since when, and by which receipts it was taken.
ALTER TABLE shop_order ADD COLUMN advance_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shop_order ADD COLUMN advance_us INTEGER NOT NULL DEFAULT 0;
CREATE INDEX shop_order_advance ON shop_order (seq) WHERE advance_minor <> 0;
CREATE TABLE order_advance (
    order_id   TEXT NOT NULL,
    register   TEXT NOT NULL,
    receipt    INTEGER NOT NULL,
    minor      INTEGER NOT NULL,
    back_minor INTEGER NOT NULL,
    PRIMARY KEY (order_id, register, receipt)
) STRICT, WITHOUT ROWID;
