-- Strict projection of the events of suppliers' invoices: as they are now; `body` is JSON, paper.Paper. `same` and `alike` are
-- the supplier's number as it is compared; `charges_minor`: of a posted one, freight and fees; `overruled` (JSON): the codes
-- to which somebody said yes with their approval.
CREATE TABLE supplier_invoice (
    number      INTEGER PRIMARY KEY,
    supplier    TEXT NOT NULL,
    seller      TEXT NOT NULL,
    same        TEXT NOT NULL,
    alike       TEXT NOT NULL,
    digest      TEXT NOT NULL,
    file        TEXT NOT NULL,
    state       TEXT NOT NULL,
    body        BLOB NOT NULL,
    note        TEXT NOT NULL,
    received_us INTEGER NOT NULL,
    charges_minor INTEGER NOT NULL DEFAULT 0,
    overruled   TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX supplier_invoice_same ON supplier_invoice (same, seller);
CREATE INDEX supplier_invoice_alike ON supplier_invoice (alike);
CREATE INDEX supplier_invoice_digest ON supplier_invoice (digest);

-- Strict projection of SupplierInvoiceAssigned: which supplier a seller is, by VAT number, or by name and bank account.
CREATE TABLE supplier_invoice_seller (
    seller   TEXT PRIMARY KEY,
    supplier TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SupplierInvoiceLineSet: which product a supplier's number (or name of goods) is; '': freight or a fee.
CREATE TABLE supplier_invoice_code (
    supplier TEXT NOT NULL,
    code     TEXT NOT NULL,
    sku      TEXT NOT NULL,
    PRIMARY KEY (supplier, code)
) STRICT, WITHOUT ROWID;

-- Strict projection of SupplierInvoiceLineSet: what somebody said of a line; '': freight or a fee.
CREATE TABLE supplier_invoice_line (
    number INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    sku    TEXT NOT NULL,
    PRIMARY KEY (number, line)
) STRICT, WITHOUT ROWID;

-- Strict projection of SupplierInvoicePosted: what of which order was invoiced, in thousandths.
CREATE TABLE supplier_invoice_posted (
    number          INTEGER NOT NULL,
    line            INTEGER NOT NULL,
    order_number    INTEGER NOT NULL,
    sku             TEXT NOT NULL,
    quantity        INTEGER NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    PRIMARY KEY (number, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX supplier_invoice_posted_order ON supplier_invoice_posted (order_number, sku);

-- Strict projection of SupplierInvoicePosted: what it did to which receipt, in minor units and thousandths, by which it is
-- taken back; `was_minor` NULL: nobody knew. `added_minor`: its share of freight and fees. `part`: so much of the receipt is
-- of the invoice, for `net_minor`.
CREATE TABLE supplier_invoice_effect (
    number    INTEGER NOT NULL,
    movement  INTEGER NOT NULL,
    sku       TEXT NOT NULL,
    was_minor INTEGER,
    set_minor INTEGER NOT NULL,
    brought   INTEGER NOT NULL,
    added_minor INTEGER NOT NULL DEFAULT 0,
    part      INTEGER NOT NULL DEFAULT 0,
    net_minor INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, movement, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX supplier_invoice_effect_of ON supplier_invoice_effect (movement, sku);

-- Strict projection of SupplierInvoiceCorrected: where a field stands on a seller's papers, in thousandths of a page; `misses`
-- counts how often in a row it did not.
CREATE TABLE supplier_invoice_layout (
    seller TEXT NOT NULL,
    field  TEXT NOT NULL,
    body   BLOB NOT NULL,
    misses INTEGER NOT NULL,
    PRIMARY KEY (seller, field)
) STRICT, WITHOUT ROWID;

-- Local state: the newest files that came by mail; `number` of the invoice that each became (0: none), `why` not.
CREATE TABLE supplier_invoice_mail (
    id     INTEGER PRIMARY KEY,
    at_us  INTEGER NOT NULL,
    file   TEXT NOT NULL,
    number INTEGER NOT NULL,
    why    TEXT NOT NULL
) STRICT;

-- Local state: when the mailbox was looked into last, and why that failed; one row.
CREATE TABLE supplier_invoice_mailbox (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    asked_us INTEGER NOT NULL,
    why      TEXT NOT NULL,
    detail   TEXT NOT NULL
) STRICT;
