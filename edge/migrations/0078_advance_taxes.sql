-- Money that was paid ahead for an order: by which row of the journal, and under which taxes; empty where that receipt
-- does not say it.
ALTER TABLE order_advance ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_advance ADD COLUMN tax TEXT NOT NULL DEFAULT '';
UPDATE order_advance SET seq = coalesce(
    (SELECT seq FROM receipt WHERE receipt.register = order_advance.register AND number = receipt), 0
);
