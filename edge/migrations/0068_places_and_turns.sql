-- Categories have their turn in lists. A place may be in another one, has its turn when somebody walks through the
-- store, and a capacity.
ALTER TABLE stock_location ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE stock_location ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stock_location ADD COLUMN capacity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE category ADD COLUMN sort_order INTEGER NOT NULL DEFAULT 0;
