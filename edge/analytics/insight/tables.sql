-- Following projection of the till's papers, of shifts, of StockMoved and of ProductSet: what a day of business came to,
-- a row for each kind of sum and key of it (project.py has the kinds). Quantities in thousandths, `minor` as customers paid
-- it, `net_minor` without taxes; `cost_minor` and `costed_minor` are the cost, and the net, of what has a known cost.
CREATE TABLE figure_day (
    kind          TEXT NOT NULL,
    business_date TEXT NOT NULL,
    key           TEXT NOT NULL,
    count         INTEGER NOT NULL,
    quantity      INTEGER NOT NULL,
    minor         INTEGER NOT NULL,
    net_minor     INTEGER NOT NULL,
    cost_minor    INTEGER NOT NULL,
    costed_minor  INTEGER NOT NULL,
    PRIMARY KEY (kind, business_date, key)
) STRICT, WITHOUT ROWID;
-- Moves of goods by product, reason, place and day, with what they cost at that moment; how the newest sale of a register
-- counted (JSON), as only that one can be undone; from where registers sell that do not sell from `main`; what products
-- cost; and what is on hand at each place with what the sums of `stock` have it at.
CREATE TABLE figure_move (
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    reason        TEXT NOT NULL,
    location      TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    cost_minor    INTEGER NOT NULL,
    costed        INTEGER NOT NULL,
    cause         TEXT NOT NULL DEFAULT '',
    moves         INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (business_date, sku, reason, location, cause)
) STRICT, WITHOUT ROWID;
CREATE INDEX figure_move_sku ON figure_move (sku, business_date);
CREATE INDEX figure_move_other ON figure_move (business_date) WHERE reason <> 'sale';
CREATE TABLE figure_place (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_newest (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_cost (
    sku           TEXT PRIMARY KEY,
    cost_minor    INTEGER,
    average_micro INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_held (
    sku         TEXT NOT NULL,
    location    TEXT NOT NULL,
    on_hand     INTEGER NOT NULL,
    worth_minor INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;

-- Strict projection of AnomalyJudged: what people say of days that looked odd.
CREATE TABLE anomaly_judged (
    kind          TEXT NOT NULL,
    key           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    is_right      INTEGER NOT NULL,
    by            TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    PRIMARY KEY (kind, key, business_date)
) STRICT, WITHOUT ROWID;

-- Strict projection of ReportMade: reports of periods that are over, as they were made; `body` is JSON.
CREATE TABLE report_made (
    kind       TEXT NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
    first_date TEXT NOT NULL,
    last_date  TEXT NOT NULL,
    made_us    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (kind, first_date)
) STRICT, WITHOUT ROWID;
