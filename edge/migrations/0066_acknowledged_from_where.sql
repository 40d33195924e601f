-- From where an alert was acknowledged, and who said so too late (see the tables.sql of alerts).
ALTER TABLE alert ADD COLUMN acked_via TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN late_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN late_us INTEGER NOT NULL DEFAULT 0;
