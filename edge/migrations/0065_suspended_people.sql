-- Who was suspended is let in by this shop alone (see the tables.sql of access).
ALTER TABLE access_user ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
