-- From how many packs on a supplier's price falls.
ALTER TABLE supplier_price ADD COLUMN breaks TEXT NOT NULL DEFAULT '[]';

-- Where a supplier's own system takes orders.
ALTER TABLE supplier ADD COLUMN order_url TEXT NOT NULL DEFAULT '';

-- The newest movements of a reason, at a place, of some days, however many there are of others.
CREATE INDEX stock_movement_reason ON stock_movement (reason, seq, n) WHERE reason <> 'sale';
CREATE INDEX stock_movement_place ON stock_movement (location, seq, n) WHERE location <> 'main';
CREATE INDEX stock_movement_day ON stock_movement (business_date, seq, n);
