-- Strict projections of facts before the law: under which laws the store is, and where each signed chain stands.
CREATE TABLE fiscal_regime (
    regime     TEXT PRIMARY KEY,
    since      TEXT NOT NULL,
    until_date TEXT NOT NULL DEFAULT '',
    tax_number TEXT NOT NULL,
    company_number TEXT NOT NULL,
    key        TEXT NOT NULL,
    seq        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of RegimeStarted and SigningKeyChanged: the keys that signed before a law, one after another.
CREATE TABLE fiscal_key (
    regime TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (regime, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_chain (
    regime    TEXT NOT NULL,
    chain     TEXT NOT NULL,
    register  TEXT NOT NULL,
    place     INTEGER NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (regime, chain, register)
) STRICT, WITHOUT ROWID;

-- Strict projections of PaperSigned and CopySigned. Of each register under a law that signs: its last paper, and
-- the totals that are never reset.
CREATE TABLE fiscal_register (
    regime          TEXT NOT NULL,
    register        TEXT NOT NULL,
    number          INTEGER NOT NULL,
    perpetual_minor INTEGER NOT NULL,
    absolute_minor  INTEGER NOT NULL,
    out_since       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (regime, register)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_paper (
    regime   TEXT NOT NULL,
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    zero     INTEGER NOT NULL,
    day      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (regime, register, zero, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX fiscal_paper_day ON fiscal_paper (regime, day);
CREATE TABLE fiscal_copy (
    register  TEXT NOT NULL,
    copy      INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    times     INTEGER NOT NULL,
    day       TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (register, copy)
) STRICT, WITHOUT ROWID;
CREATE INDEX fiscal_copy_number ON fiscal_copy (register, number);

-- Strict projections of PaperSigned and PeriodClosed: what a register has come to on each day so far (body:
-- OpenDay), so that closing it reads one row.
CREATE TABLE fiscal_day (
    regime   TEXT NOT NULL,
    register TEXT NOT NULL,
    day      TEXT NOT NULL,
    closed   INTEGER NOT NULL DEFAULT 0,
    body     BLOB NOT NULL,
    PRIMARY KEY (regime, register, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX fiscal_day_open ON fiscal_day (regime, closed, day);
CREATE TABLE fiscal_closing (
    regime   TEXT NOT NULL,
    register TEXT NOT NULL,
    kind     TEXT NOT NULL,
    period   TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (regime, register, kind, period)
) STRICT, WITHOUT ROWID;

-- Strict projections of LogSigned: up to which row of the journal the signed log tells, and its entries.
CREATE TABLE fiscal_log (
    register TEXT NOT NULL,
    place    INTEGER NOT NULL,
    day      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (register, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_log_end (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;

-- Strict projections of ApplianceStarted and NoteSigned: with what the appliance began last, and bills before payment.
CREATE TABLE fiscal_start (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    software       TEXT NOT NULL,
    fiscal_version TEXT NOT NULL,
    taxes          TEXT NOT NULL
) STRICT;
CREATE TABLE fiscal_note (
    register TEXT NOT NULL,
    note     INTEGER NOT NULL,
    day      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (register, note)
) STRICT, WITHOUT ROWID;

-- Strict projection of PaperSigned: what of orders was taxed when it was paid ahead, and not used since.
CREATE TABLE fiscal_advance (
    order_id    TEXT NOT NULL,
    rate        INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    PRIMARY KEY (order_id, rate)
) STRICT, WITHOUT ROWID;

-- Strict projections of FiscalFileMade, AllocationRecorded and AllocationRefused: files for authorities that were
-- made, and the numbers that the authority gave invoices, or why it did not.
CREATE TABLE fiscal_file (
    seq         INTEGER PRIMARY KEY,
    regime      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    of_register TEXT NOT NULL,
    since       TEXT NOT NULL,
    until_date  TEXT NOT NULL,
    identifier  INTEGER NOT NULL,
    at          TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    records     INTEGER NOT NULL,
    lost        INTEGER NOT NULL,
    through     INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    signature   TEXT NOT NULL,
    template    TEXT NOT NULL,
    layout      INTEGER NOT NULL,
    identity    BLOB
) STRICT;
CREATE TABLE invoice_allocation (
    invoice    TEXT PRIMARY KEY,
    allocation TEXT NOT NULL,
    why        TEXT NOT NULL,
    seq        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projections of PaperSigned and TransactionAnswered: Québec's transactions, a register's in their order, and what
-- the service said: `state` waits, taken or refused. `paper` 0: none of the till's; `basket_us`: when the basket was
-- opened that a bill is of.
CREATE TABLE fiscal_transaction (
    register       TEXT NOT NULL,
    place          INTEGER NOT NULL,
    paper          INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    basket_us      INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    at_us          INTEGER NOT NULL,
    state          TEXT NOT NULL DEFAULT 'waits',
    service_number TEXT NOT NULL DEFAULT '',
    service_at     TEXT NOT NULL DEFAULT '',
    why            TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (register, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX fiscal_transaction_waits ON fiscal_transaction (seq) WHERE state = 'waits';
CREATE INDEX fiscal_transaction_paper ON fiscal_transaction (register, paper);
CREATE INDEX fiscal_transaction_basket ON fiscal_transaction (register, basket_us, place) WHERE basket_us > 0;

-- Strict projections of SecurityDeviceNamed and DeviceSigned: devices that signed receipts in Germany, the first first,
-- and how they signed rows of the journal, or that they could not (body: DeviceSigned).
CREATE TABLE fiscal_device (
    serial TEXT PRIMARY KEY,
    seq    INTEGER NOT NULL,
    body   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fiscal_device_signed (
    of_seq INTEGER PRIMARY KEY,
    seq    INTEGER NOT NULL,
    at_us  INTEGER NOT NULL,
    fault  TEXT NOT NULL,
    body   BLOB NOT NULL
) STRICT;
