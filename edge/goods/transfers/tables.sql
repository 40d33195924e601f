-- Strict projection of TransferDrafted, TransferDropped, TransferSent, TransferAnnounced, TransferReceived, TransferSettled
-- and TransferTakenBack: goods between this store and others; `direction` is out or in.
CREATE TABLE transfer (
    id        TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    store     TEXT NOT NULL,
    state     TEXT NOT NULL,
    location  TEXT NOT NULL,
    note      TEXT NOT NULL,
    begun_us  INTEGER NOT NULL,
    begun_by  TEXT NOT NULL,
    ended_us  INTEGER,
    ended_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX transfer_begun ON transfer (begun_us);

-- Strict projection of the same: what was sent, and what of it came (NULL: nobody said yet).
CREATE TABLE transfer_line (
    id          TEXT NOT NULL,
    n           INTEGER NOT NULL,
    sku         TEXT NOT NULL,
    quantity    INTEGER NOT NULL,
    boxes       INTEGER NOT NULL,
    lot         TEXT NOT NULL,
    expiry      TEXT NOT NULL,
    value_milli INTEGER,
    got         INTEGER,
    PRIMARY KEY (id, n)
) STRICT, WITHOUT ROWID;
