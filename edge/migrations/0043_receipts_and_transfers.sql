-- Strict projection of StockMoved and ReceiptCorrected: what came in, as it is known by now; `unit_cost_minor` NULL where
-- nobody said what it cost.
CREATE TABLE stock_receipt (
    sku             TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    business_date   TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    document        TEXT NOT NULL,
    quantity        INTEGER NOT NULL,
    unit_cost_minor INTEGER,
    added_minor     INTEGER NOT NULL,
    location        TEXT NOT NULL,
    lot             TEXT NOT NULL,
    expiry          TEXT NOT NULL,
    PRIMARY KEY (sku, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_receipt_seq ON stock_receipt (seq);

-- Strict projection of CostCorrected: what goods that are gone cost more, or less, than was thought.
CREATE TABLE stock_correction (
    seq           INTEGER PRIMARY KEY,
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    why           TEXT NOT NULL,
    amount_milli  INTEGER NOT NULL,
    receipt       INTEGER NOT NULL,
    document      TEXT NOT NULL
) STRICT;
CREATE INDEX stock_correction_sku ON stock_correction (sku, seq);
CREATE INDEX stock_correction_day ON stock_correction (business_date);

DROP TABLE purchase_receipt;
-- Strict projection of PurchaseReceived and PurchaseReceiptCorrected: what came, under which delivery note; `movement` is
-- the row of the journal that brought it in, `cause` says why it is bad.
CREATE TABLE purchase_receipt (
    supplier        TEXT NOT NULL,
    delivery_note   TEXT NOT NULL,
    n               INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    business_date   TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    actor           TEXT NOT NULL,
    sku             TEXT NOT NULL,
    quantity        INTEGER NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    lot             TEXT NOT NULL,
    expiry          TEXT NOT NULL,
    location        TEXT NOT NULL,
    movement        INTEGER NOT NULL DEFAULT 0,
    cause           TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (supplier, delivery_note, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchase_receipt_number ON purchase_receipt (number, seq);
CREATE INDEX purchase_receipt_movement ON purchase_receipt (movement) WHERE movement > 0;

-- Strict projection of GoodsReturned: what went back to whom; `replaced`: others of the order shall come for it.
CREATE TABLE purchase_return (
    seq           INTEGER NOT NULL,
    n             INTEGER NOT NULL,
    supplier      TEXT NOT NULL,
    document      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    replaced      INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    sku           TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    credit_minor  INTEGER,
    lot           TEXT NOT NULL,
    location      TEXT NOT NULL,
    note          TEXT NOT NULL,
    PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchase_return_supplier ON purchase_return (supplier, seq);

-- Strict projection of TransferSent, TransferAnnounced, TransferReceived, TransferSettled and TransferTakenBack: goods
-- between this store and others; `direction` is out or in.
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

DROP TABLE supplier;
-- Strict projection of SupplierSet and SupplierRetired: who the shop buys from. `contact_name`, `email` and `phone` are
-- ciphertext under the key of `contact`.
CREATE TABLE supplier (
    id                  TEXT PRIMARY KEY,
    names               TEXT NOT NULL,
    lead_time_days      INTEGER NOT NULL,
    rating              INTEGER NOT NULL,
    minimum_order_minor INTEGER NOT NULL,
    fee_minor           INTEGER NOT NULL,
    delivery_days       TEXT NOT NULL,
    currency            TEXT NOT NULL,
    contact             TEXT NOT NULL,
    contact_name        TEXT NOT NULL,
    email               TEXT NOT NULL,
    phone               TEXT NOT NULL,
    nightly             INTEGER NOT NULL,
    auto_approve_minor  INTEGER NOT NULL,
    retired             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
