-- Local state: open carts by their id, which is a secret, and those whose time is over (`ended`), as lists; the secrets
-- and pickup codes of orders whose QR is good; which order lies on which counter; how much of an open order's lines is
-- picked or made; kiosks that call somebody; codes that customers sign in with, by their cart, for ten minutes.
CREATE TABLE cart (
    id       TEXT PRIMARY KEY,
    channel  TEXT NOT NULL,
    register TEXT NOT NULL,
    until_us INTEGER NOT NULL,
    body     BLOB NOT NULL,
    ended    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX cart_until ON cart (until_us);
CREATE TABLE order_secret (
    order_id TEXT PRIMARY KEY,
    secret   TEXT NOT NULL,
    code     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE order_on_counter (
    register TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE order_tick (
    order_id TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in (
    cart     TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    way      TEXT NOT NULL,
    code     TEXT NOT NULL,
    until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE kiosk_call (
    register TEXT PRIMARY KEY,
    at_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of the events of orders: each as it is now, and its steps.
CREATE TABLE shop_order (
    id            TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL UNIQUE,
    business_date TEXT NOT NULL,
    number        INTEGER NOT NULL,
    said          TEXT NOT NULL,
    state         TEXT NOT NULL,
    open          INTEGER NOT NULL,
    channel       TEXT NOT NULL,
    fulfilment    TEXT NOT NULL,
    cart          TEXT NOT NULL UNIQUE,
    secret        TEXT NOT NULL UNIQUE,
    placed_us     INTEGER NOT NULL,
    changed_us    INTEGER NOT NULL,
    slot_from_us  INTEGER NOT NULL,
    slot_until_us INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    total_minor   INTEGER NOT NULL,
    driver        TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    register      TEXT NOT NULL,
    receipt       INTEGER NOT NULL,
    customer      TEXT NOT NULL,
    person        TEXT NOT NULL,
    goods         BLOB NOT NULL,
    said_of       BLOB NOT NULL,
    parts         TEXT NOT NULL DEFAULT '[]',
    proposals     TEXT NOT NULL DEFAULT '[]',
    advance_minor INTEGER NOT NULL DEFAULT 0,
    advance_us    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (business_date, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX shop_order_open ON shop_order (placed_us) WHERE open;
CREATE INDEX shop_order_slot ON shop_order (slot_from_us) WHERE slot_from_us;
CREATE INDEX shop_order_advance ON shop_order (seq) WHERE advance_minor <> 0;
CREATE INDEX shop_order_receipt ON shop_order (receipt, register) WHERE receipt;
CREATE INDEX shop_order_customer ON shop_order (customer, seq) WHERE customer <> '';
CREATE TABLE order_step (
    order_id TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    was      TEXT NOT NULL,
    now      TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    surface  TEXT NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (order_id, seq)
) STRICT, WITHOUT ROWID;

-- Strict projection of SaleCompleted and SaleRefunded: by which receipts money was paid ahead for orders, and what of
-- each was given back; by which row, and under which taxes (JSON; empty: it does not say).
CREATE TABLE order_advance (
    order_id   TEXT NOT NULL,
    register   TEXT NOT NULL,
    receipt    INTEGER NOT NULL,
    minor      INTEGER NOT NULL,
    back_minor INTEGER NOT NULL,
    seq        INTEGER NOT NULL DEFAULT 0,
    tax        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (order_id, register, receipt)
) STRICT, WITHOUT ROWID;

-- Local state: orders whose customer wants to hear no more of them.
CREATE TABLE order_quiet (
    order_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Local state: what head office was told last of its page of orders' status; below 0: told in an epoch that ended.
CREATE TABLE status_page_told (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    shown      INTEGER NOT NULL,
    store_name TEXT NOT NULL,
    zone       TEXT NOT NULL
) STRICT;
