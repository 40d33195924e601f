-- Strict projection: how often the paper of a shift was printed once more. Its tables are made anew behind this.
ALTER TABLE shift ADD COLUMN copies INTEGER NOT NULL DEFAULT 0;
