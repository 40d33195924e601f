-- The core's tables as they are now. Migrations make them; a test compares the two.

-- Who this ledger belongs to. One row, written once.
CREATE TABLE header (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    tenant        TEXT NOT NULL,
    store         TEXT NOT NULL,
    device        TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
) STRICT;

-- Every fact, in the order in which it happened. The key is (epoch, seq); within one database seq goes on
-- counting through a new epoch, so seq alone is the rowid.
CREATE TABLE journal (
    epoch         INTEGER NOT NULL,
    seq           INTEGER PRIMARY KEY,
    command_id    BLOB NOT NULL,
    n             INTEGER NOT NULL,
    command_hash  BLOB NOT NULL,
    register      TEXT NOT NULL,
    actor         TEXT NOT NULL,
    surface       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    mono_us       INTEGER NOT NULL,
    boot_id       BLOB NOT NULL,
    clock         TEXT NOT NULL,
    type          TEXT NOT NULL,
    version       INTEGER NOT NULL,
    body          BLOB NOT NULL,
    prev          BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_command ON journal (command_id, n);
CREATE TRIGGER journal_is_append_only_u BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_append_only_d BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Local state: which version of each projector made its tables, and through which row (following ones).
CREATE TABLE projection (
    name    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: ids of commands that left no event, so that a repeat has no second effect.
CREATE TABLE remembered_command (
    number       INTEGER PRIMARY KEY,
    command_id   BLOB NOT NULL UNIQUE,
    command_hash BLOB NOT NULL
) STRICT;

-- Local state: long work and how far it is.
CREATE TABLE job (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    params     BLOB NOT NULL,
    actor      TEXT NOT NULL,
    register   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    cursor     INTEGER NOT NULL DEFAULT 0,
    total      INTEGER NOT NULL DEFAULT 0,
    refused    INTEGER NOT NULL DEFAULT 0,
    message    TEXT NOT NULL DEFAULT '',
    queued_us  INTEGER NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE TABLE job_note (
    job    INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    line   INTEGER NOT NULL,
    field  TEXT NOT NULL,
    value  TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX job_note_job ON job_note (job, line);

-- Local state: how far the hub holds this journal.
CREATE TABLE sync_position (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    epoch   INTEGER NOT NULL,
    through INTEGER NOT NULL
) STRICT;

-- Local state: always empty; written to and emptied to see whether the disk takes anything.
CREATE TABLE write_probe (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    filler BLOB NOT NULL
) STRICT;
-- Local state: the set-up PIN's hash. Not in the journal: a few digits would be guessed from it.
CREATE TABLE access_pin (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    hash TEXT NOT NULL
) STRICT;
-- Strict projection of ProductSet and PriceChanged: the catalogue as it is now. `id` is the row of the journal
-- that made the product known; `names` is JSON by language.
CREATE TABLE product (
    id          INTEGER PRIMARY KEY,
    sku         TEXT NOT NULL UNIQUE,
    names       TEXT NOT NULL,
    price_minor INTEGER,
    tax_class   TEXT NOT NULL,
    unit        TEXT NOT NULL CHECK (unit IN ('piece', 'kg', 'litre', 'metre')),
    min_age     INTEGER NOT NULL
) STRICT;
CREATE TABLE product_code (
    code       TEXT PRIMARY KEY,
    product_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code_product ON product_code (product_id);

-- Following projection of ProductSet: names and codes to search in; rowid is product.id.
CREATE VIRTUAL TABLE product_search USING fts5 (
    names, codes, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
-- Strict projection of StockMoved: what is on hand, in thousandths. Negative: more was sold than was known of.
CREATE TABLE stock (
    sku     TEXT PRIMARY KEY,
    on_hand INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Local state: what is to be printed and what became of it. `sent`: the last byte left for the printer.
CREATE TABLE print_job (
    id         INTEGER PRIMARY KEY,
    register   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    document   BLOB NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    problem    TEXT NOT NULL DEFAULT '',
    queued_us  INTEGER NOT NULL,
    expires_us INTEGER,
    boot_id    BLOB NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE INDEX print_job_waiting ON print_job (register, id) WHERE state = 'queued';
-- Local state: a register's open basket. Kept so that it is there again after a power cut.
CREATE TABLE open_basket (
    register TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of SaleCompleted, SaleVoided and ReceiptReprinted: every receipt, gap-free by register.
CREATE TABLE receipt (
    register      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sale', 'void')),
    seq           INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    currency      TEXT NOT NULL,
    total_minor   INTEGER NOT NULL,
    voided_by     INTEGER,
    copies        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
-- Local state: directives that were taken and are still being applied.
CREATE TABLE directive_open (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    changed INTEGER NOT NULL DEFAULT 0,
    unknown TEXT NOT NULL DEFAULT '[]'
) STRICT;

-- Strict projection of DirectiveApplied and DirectiveRefused: what became of each.
CREATE TABLE directive (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'refused')),
    changed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;
