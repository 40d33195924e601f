-- How much is ordered of a product at least, and the most there may be of it at a place (see the tables.sql of the stock).
ALTER TABLE stock_level ADD COLUMN quantity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stock_level ADD COLUMN maximum  INTEGER NOT NULL DEFAULT 0;
