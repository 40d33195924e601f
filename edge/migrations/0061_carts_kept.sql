-- Carts whose time is over are kept as lists for a while (see the tables.sql of orders).
ALTER TABLE cart ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;

-- Foreign notes that drivers took at doors (see the tables.sql of orders).
ALTER TABLE driver_cash ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
