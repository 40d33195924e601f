-- Strict projection of QuickKeysSet: a register's keys, those of '' for all without their own; `body` is JSON,
-- layout.RegisterKeys.
CREATE TABLE quick_keys (
    of_register TEXT PRIMARY KEY,
    body        TEXT NOT NULL,
    seq         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
