-- Orders that were handed over in parts say what each came to, and where its receipt is (see the tables.sql of orders).
ALTER TABLE shop_order ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
