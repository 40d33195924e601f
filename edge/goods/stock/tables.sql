-- Strict projection of StockMoved: what is on hand of each product, in thousandths. Negative: more was sold than was
-- known of. `average_micro`: what a unit of it cost, in millionths of a minor unit; NULL where that is not known.
CREATE TABLE stock (
    sku           TEXT PRIMARY KEY,
    on_hand       INTEGER NOT NULL,
    average_micro INTEGER,
    watched       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Strict projection of StockMoved: where that is. `boxes` of `box` units are closed, the rest is loose; `arrived` is the
-- row of the journal that began it.
CREATE TABLE stock_row (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    boxes    INTEGER NOT NULL,
    box      INTEGER NOT NULL,
    arrived  INTEGER NOT NULL,
    PRIMARY KEY (sku, location, lot, expiry)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_row_expiry ON stock_row (expiry) WHERE expiry <> '';
CREATE INDEX stock_row_place ON stock_row (location, sku) WHERE location <> 'main' AND quantity <> 0;

-- Strict projection of StockMoved: what was poured at a place beyond the thousandths that left it, as a part of the next
-- one: `rest` of `of`.
CREATE TABLE stock_pour (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    rest     INTEGER NOT NULL,
    of       INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;

-- Strict projection of LocationSet and LocationRetired: places; `body` is JSON, location.StockLocation. `main` is there
-- without being told.
CREATE TABLE stock_location (
    id      TEXT PRIMARY KEY,
    body    TEXT NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0,
    seq     INTEGER NOT NULL,
    names   TEXT AS (body ->> '$.names'),
    kind    TEXT AS (body ->> '$.kind'),
    parent  TEXT AS (body ->> '$.parent')
) STRICT, WITHOUT ROWID;

-- Strict projection of SellingPlaceSet: registers that sell from another place than `main`.
CREATE TABLE stock_register (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of LevelsSet: how much there should be; `body` is JSON, location.StockLevels. `status`: since a move
-- crossed one.
CREATE TABLE stock_level (
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    body     TEXT NOT NULL,
    status   TEXT NOT NULL DEFAULT 'normal',
    seq      INTEGER NOT NULL,
    par      INTEGER AS (body ->> '$.par'),
    reorder  INTEGER AS (body ->> '$.reorder'),
    quantity INTEGER AS (body ->> '$.quantity'),
    maximum  INTEGER AS (body ->> '$.maximum'),
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;

-- Strict projection of LotRecalled: lots that nobody may sell.
CREATE TABLE stock_recall (
    sku   TEXT NOT NULL,
    lot   TEXT NOT NULL,
    note  TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (sku, lot)
) STRICT, WITHOUT ROWID;

-- Strict projection of StockReserved and StockExpected: what is promised (`reserved`) and what is on its way (`ordered`).
CREATE TABLE stock_claim (
    kind       TEXT NOT NULL CHECK (kind IN ('reserved', 'ordered')),
    holder     TEXT NOT NULL,
    sku        TEXT NOT NULL,
    location   TEXT NOT NULL,
    quantity   INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    said       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, holder, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_claim_sku ON stock_claim (sku);
CREATE INDEX stock_claim_expires ON stock_claim (expires_us) WHERE expires_us > 0;

-- Strict projection of CountStarted and CountEnded: counts, open or over.
CREATE TABLE stock_count (
    number     INTEGER PRIMARY KEY,
    location   TEXT NOT NULL,
    blind      INTEGER NOT NULL,
    category   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'posted', 'cancelled')),
    started_us INTEGER NOT NULL,
    started_by TEXT NOT NULL,
    ended_us   INTEGER
) STRICT;

-- Strict projection of CountScanned: what was found, and what was on hand when that was begun with; goods that moved
-- behind row `since` of the journal were not among it.
CREATE TABLE stock_count_line (
    number   INTEGER NOT NULL,
    sku      TEXT NOT NULL,
    lot      TEXT NOT NULL,
    expiry   TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    boxes    INTEGER NOT NULL,
    box      INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    looks    INTEGER NOT NULL,
    person   TEXT NOT NULL,
    at_us    INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    PRIMARY KEY (number, sku, lot)
) STRICT, WITHOUT ROWID;

-- Strict projection of StockMoved and ReceiptCorrected: what came in, as it is known by now; `unit_cost_minor` NULL where
-- nobody said what it cost; `supplier` is who brought it without an order, if somebody said so.
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
    supplier        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sku, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_receipt_seq ON stock_receipt (seq);
CREATE INDEX stock_receipt_brought ON stock_receipt (sku, seq) WHERE supplier <> '';

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

-- Following projection of StockMoved: every movement of every product, with what was on hand behind it.
CREATE TABLE stock_movement (
    sku             TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    n               INTEGER NOT NULL,
    business_date   TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    cause           TEXT NOT NULL,
    delta           INTEGER NOT NULL,
    boxes           INTEGER NOT NULL,
    box             INTEGER NOT NULL,
    location        TEXT NOT NULL,
    lot             TEXT NOT NULL,
    expiry          TEXT NOT NULL,
    actor           TEXT NOT NULL,
    note            TEXT NOT NULL,
    document        TEXT NOT NULL,
    unit_cost_minor INTEGER,
    balance         INTEGER NOT NULL,
    PRIMARY KEY (sku, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_movement_seq ON stock_movement (seq, n);
CREATE INDEX stock_movement_by_hand ON stock_movement (at_us)
    WHERE reason IN ('counted', 'damaged', 'lost', 'used', 'waste');
CREATE INDEX stock_movement_reason ON stock_movement (reason, seq, n) WHERE reason <> 'sale';
CREATE INDEX stock_movement_place ON stock_movement (location, seq, n) WHERE location <> 'main';
CREATE INDEX stock_movement_actor ON stock_movement (actor, seq, n);
CREATE INDEX stock_movement_day ON stock_movement (business_date, seq, n);

-- Following projection of StockMoved: what was on hand at a place at the end of a business day on which some moved.
CREATE TABLE stock_day (
    sku           TEXT NOT NULL,
    location      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    on_hand       INTEGER NOT NULL,
    PRIMARY KEY (sku, location, business_date)
) STRICT, WITHOUT ROWID;

-- Strict projection of StockReserved, ReservationReleased and ReservationFulfilled: what was promised then.
CREATE TABLE stock_promised_day (
    sku           TEXT NOT NULL,
    location      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    reserved      INTEGER NOT NULL,
    PRIMARY KEY (sku, location, business_date)
) STRICT, WITHOUT ROWID;

-- Strict projection of StockMoved and ReceiptCorrected: what a unit cost on the average then.
CREATE TABLE stock_average_day (
    sku           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    average_micro INTEGER NOT NULL,
    PRIMARY KEY (sku, business_date)
) STRICT, WITHOUT ROWID;

-- Local state: phones that said at their last contact that entries wait on them.
CREATE TABLE stock_phone (
    phone    TEXT PRIMARY KEY,
    waiting  INTEGER NOT NULL,
    heard_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
