-- Following projection of the till's papers, of StockMoved and of HistoryRecorded: what was sold, came back, was wasted
-- and received of a product on a day of business, in thousandths of its unit; `minor` is what was taken for it.
CREATE TABLE demand_day (
    sku           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    sold          INTEGER NOT NULL DEFAULT 0,
    returned      INTEGER NOT NULL DEFAULT 0,
    wasted        INTEGER NOT NULL DEFAULT 0,
    received      INTEGER NOT NULL DEFAULT 0,
    minor         INTEGER NOT NULL DEFAULT 0,
    used          INTEGER NOT NULL DEFAULT 0,
    elsewhere     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sku, business_date)
) STRICT, WITHOUT ROWID;
CREATE INDEX demand_day_date ON demand_day (business_date);
-- The days on which the shop was open: those with a paper; and those on which goods were used where no till sells.
CREATE TABLE demand_open (
    business_date TEXT PRIMARY KEY,
    papers        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What is on hand as the moves say, of products that ever were; and the days (the last one open) on which nothing was.
CREATE TABLE demand_level (
    sku     TEXT PRIMARY KEY,
    on_hand INTEGER NOT NULL,
    since   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE demand_gap (
    sku        TEXT NOT NULL,
    first_date TEXT NOT NULL,
    until_date TEXT,
    PRIMARY KEY (sku, first_date)
) STRICT, WITHOUT ROWID;
CREATE INDEX demand_gap_open ON demand_gap (sku) WHERE until_date IS NULL;

-- Following projection of PastTotalsRecorded and PastTotalsTakenBack: what days came to at another system, and their parts by
-- hour, category (by name) and tender, of each import.
CREATE TABLE past_total (
    grouped       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    import_us     INTEGER NOT NULL,
    key           TEXT NOT NULL,
    minor         INTEGER NOT NULL,
    receipts      INTEGER NOT NULL,
    PRIMARY KEY (grouped, business_date, import_us, key)
) STRICT, WITHOUT ROWID;

-- Strict projection of ForecastTrained, ModelPromoted and ModelRetired; `figures` and `models` are JSON.
CREATE TABLE forecast_model (
    version      TEXT PRIMARY KEY,
    role         TEXT NOT NULL CHECK (role IN ('champion', 'challenger', 'retired')),
    trained_us   INTEGER NOT NULL,
    trained_date TEXT NOT NULL,
    through      TEXT NOT NULL,
    days         INTEGER NOT NULL,
    series       INTEGER NOT NULL,
    figures      TEXT NOT NULL,
    models       TEXT NOT NULL,
    decided_us   INTEGER
) STRICT, WITHOUT ROWID;
-- Strict projection of OccasionSet and OccasionEnded: what is on; `body` is JSON, commands.Occasion.
CREATE TABLE occasion (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state, as a job worked it out: what is expected of each item (JSON, commands.ItemForecast), how far its errors lie
-- apart, and what was said of a day the day before.
CREATE TABLE forecast_item (
    version TEXT NOT NULL,
    item    TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (version, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE forecast_made (
    version   TEXT PRIMARY KEY,
    through   TEXT NOT NULL,
    made_us   INTEGER NOT NULL,
    quantiles BLOB NOT NULL,
    factors   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE forecast_said (
    item          TEXT NOT NULL,
    business_date TEXT NOT NULL,
    version       TEXT NOT NULL,
    mean          INTEGER NOT NULL,
    lower         INTEGER NOT NULL,
    upper         INTEGER NOT NULL,
    PRIMARY KEY (item, business_date, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX forecast_said_date ON forecast_said (business_date);

-- Local state: when a shop without head office asked for its weather last, when it last was told, and why it was not; one row.
CREATE TABLE weather_asked (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    asked_us INTEGER NOT NULL,
    good_us  INTEGER NOT NULL,
    why      TEXT NOT NULL
) STRICT;

-- Local state: the weather of days, as head office handed it down or the shop asked for it: tenths of degrees Celsius and of millimetres.
CREATE TABLE weather (
    day         TEXT PRIMARY KEY,
    high_tenths INTEGER NOT NULL,
    low_tenths  INTEGER NOT NULL,
    rain_tenths INTEGER NOT NULL,
    said_us     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
