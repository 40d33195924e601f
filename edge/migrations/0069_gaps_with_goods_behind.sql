-- Gaps with goods behind.
ALTER TABLE shelf_finding ADD COLUMN behind INTEGER NOT NULL DEFAULT 0;
