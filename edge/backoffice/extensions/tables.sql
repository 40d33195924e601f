-- Strict projection of ExtensionTurnedOn and ExtensionTurnedOff: packages that are on, read before the ledger is opened
-- (edge/runtime/extensions.py).
CREATE TABLE extension (
    package   TEXT PRIMARY KEY,
    publisher TEXT NOT NULL,
    version   TEXT NOT NULL,
    provides  TEXT NOT NULL,  -- "GROUP:NAME" of each entry point, with spaces between
    since_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
