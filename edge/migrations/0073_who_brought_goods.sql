-- Who brought goods that came without an order.
ALTER TABLE stock_receipt ADD COLUMN supplier TEXT NOT NULL DEFAULT '';
CREATE INDEX stock_receipt_brought ON stock_receipt (sku, seq) WHERE supplier <> '';
