-- What people call whoever was promised goods.
ALTER TABLE stock_claim ADD COLUMN said TEXT NOT NULL DEFAULT '';
