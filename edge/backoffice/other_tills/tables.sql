-- Strict projection of OtherTillSet and OtherTillEnded: `body` is JSON, other_till.OtherTill.
CREATE TABLE pos_till (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of PosItemSet and PosItemEnded: `body` is JSON, other_till.PosItem.
CREATE TABLE pos_item (
    pos  TEXT NOT NULL,
    item TEXT NOT NULL,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (pos, item)
) STRICT, WITHOUT ROWID;

-- Strict projection of PosSaleTaken: transactions of other tills, each as its greatest version says it (`body`, JSON,
-- sale.PosSale). `id` counts them; `first_us`: when it was heard of first. `refund_of`: of a refund, its sale.
-- `reasons` and `unmapped` are JSON.
CREATE TABLE pos_sale (
    id        INTEGER PRIMARY KEY,
    pos       TEXT NOT NULL,
    document  TEXT NOT NULL,
    number    TEXT NOT NULL,
    version   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    location  TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    currency  TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    refund_of TEXT NOT NULL,
    state     TEXT NOT NULL,
    reasons   TEXT NOT NULL,
    unmapped  TEXT NOT NULL,
    body      TEXT NOT NULL,
    first_us  INTEGER NOT NULL,
    seq       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX pos_sale_number ON pos_sale (pos, document, number);
CREATE INDEX pos_sale_open ON pos_sale (pos, id) WHERE state <> 'taken' OR unmapped <> '[]';
CREATE INDEX pos_sale_refund ON pos_sale (pos, refund_of) WHERE document = 'refund';
CREATE INDEX pos_sale_at ON pos_sale (pos, location, at_us);

-- Strict projection of PosSaleTaken: what each version moved; `undoes` the row that took what came back. `moved` 0: a
-- later count had seen it.
CREATE TABLE pos_move (
    seq      INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    pos      TEXT NOT NULL,
    document TEXT NOT NULL,
    number   TEXT NOT NULL,
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    of       INTEGER NOT NULL,
    delta    INTEGER NOT NULL,
    undoes   INTEGER NOT NULL,
    moved    INTEGER NOT NULL,
    PRIMARY KEY (seq, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX pos_move_of ON pos_move (pos, document, number);
CREATE INDEX pos_move_back ON pos_move (undoes, sku) WHERE undoes > 0;

-- Strict projection of StockMoved: when each product was counted last at each place.
CREATE TABLE pos_counted (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;

-- Strict projection of PosDayReconciled: the newest of each day and place; `differences` is JSON.
CREATE TABLE pos_day (
    pos      TEXT NOT NULL,
    location TEXT NOT NULL,
    day      TEXT NOT NULL,
    sales    INTEGER NOT NULL,
    taken    INTEGER NOT NULL,
    differences TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (pos, location, day)
) STRICT, WITHOUT ROWID;

-- Local state: webhooks by the vendor's id of them, so that one that is repeated does nothing; those that were not
-- understood keep the name of their file (`dead`).
CREATE TABLE pos_hook (
    id       INTEGER PRIMARY KEY,
    pos      TEXT NOT NULL,
    event_id TEXT NOT NULL,
    digest   TEXT NOT NULL,
    state    TEXT NOT NULL,
    why      TEXT NOT NULL,
    file     TEXT NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX pos_hook_event ON pos_hook (pos, event_id);
CREATE INDEX pos_hook_file ON pos_hook (pos, file);
CREATE INDEX pos_hook_dead ON pos_hook (id) WHERE state <> 'done';

-- Local state: how far each till was asked, since when, and why that failed ("": it did not); how many old versions
-- came, and how many webhooks said something else under a known id.
CREATE TABLE pos_progress (
    pos       TEXT PRIMARY KEY,
    asked_us  INTEGER NOT NULL,
    cursor    TEXT NOT NULL,
    why       TEXT NOT NULL,
    detail    TEXT NOT NULL,
    failed_us INTEGER NOT NULL,
    stale     INTEGER NOT NULL,
    differs   INTEGER NOT NULL,
    began_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
