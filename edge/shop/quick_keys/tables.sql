-- Strict projection of QuickKeysSet: a register's keys as JSON (layout.KeyPage), those of '' for all without their own.
CREATE TABLE quick_keys (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
