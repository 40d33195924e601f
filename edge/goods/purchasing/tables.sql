-- Strict projection of SupplierSet and SupplierRetired: who the shop buys from; `body` is JSON, supplier.Supplier, with
-- what is said of people as ciphertext under the key of `contact`.
CREATE TABLE supplier (
    id                  TEXT PRIMARY KEY,
    body                TEXT NOT NULL,
    retired             INTEGER NOT NULL DEFAULT 0,
    seq                 INTEGER NOT NULL,
    names               TEXT AS (body ->> '$.names'),
    lead_time_days      INTEGER AS (body ->> '$.lead_time_days'),
    minimum_order_minor INTEGER AS (body ->> '$.minimum_order_minor'),
    fee_minor           INTEGER AS (body ->> '$.fee_minor'),
    delivery_days       TEXT AS (body ->> '$.delivery_days'),
    currency            TEXT AS (body ->> '$.currency'),
    nightly             INTEGER AS (body ->> '$.nightly'),
    auto_approve_minor  INTEGER AS (body ->> '$.auto_approve_below_minor'),
    order_url           TEXT AS (body ->> '$.order_url')
) STRICT, WITHOUT ROWID;

-- Strict projection of SupplierPriceSet: every price there was; of those in effect the newest counts. `breaks`: JSON,
-- from how many packs on a unit costs less.
CREATE TABLE supplier_price (
    sku        TEXT NOT NULL,
    supplier   TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    code       TEXT NOT NULL,
    cost_minor INTEGER NOT NULL,
    pack       INTEGER NOT NULL,
    min_packs  INTEGER NOT NULL,
    from_date  TEXT NOT NULL,
    until_date TEXT NOT NULL,
    breaks     TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (sku, supplier, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX supplier_price_supplier ON supplier_price (supplier, sku);

-- Strict projection of PurchaseDrafted, PurchaseMoved and PurchaseReceived: orders as they are now.
CREATE TABLE purchase_order (
    number       INTEGER PRIMARY KEY,
    supplier     TEXT NOT NULL,
    location     TEXT NOT NULL,
    state        TEXT NOT NULL,
    note         TEXT NOT NULL,
    automatic    INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    created_us   INTEGER NOT NULL,
    created_by   TEXT NOT NULL,
    how          TEXT NOT NULL,
    sent_on      TEXT NOT NULL,
    expected_on  TEXT NOT NULL,
    completed_on TEXT NOT NULL,
    changed_us   INTEGER NOT NULL
) STRICT;
CREATE INDEX purchase_order_supplier ON purchase_order (supplier, number);
CREATE INDEX purchase_order_state ON purchase_order (state, number);

-- Strict projection of the same: what was ordered (0: it came without), and how much of it came.
CREATE TABLE purchase_line (
    number          INTEGER NOT NULL,
    sku             TEXT NOT NULL,
    n               INTEGER NOT NULL,
    quantity        INTEGER NOT NULL,
    pack            INTEGER NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    code            TEXT NOT NULL,
    received        INTEGER NOT NULL,
    PRIMARY KEY (number, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchase_line_sku ON purchase_line (sku);

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
CREATE INDEX purchase_receipt_lot ON purchase_receipt (sku, seq) WHERE lot <> '';
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

-- Local state: a regulator's register of licences, as a feed brought it; `plain`: the number without blanks and case.
CREATE TABLE licence_register (
    plain  TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    holder TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('valid', 'suspended', 'revoked', 'expired')),
    until  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
