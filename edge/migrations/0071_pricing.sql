-- Models of prices, what they propose, and what others ask.
CREATE TABLE price_model (
    version      TEXT PRIMARY KEY,
    through      TEXT NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('deployed', 'kept', 'not_enough')),
    place        INTEGER,
    trained_us   INTEGER NOT NULL,
    trained_date TEXT NOT NULL,
    baskets      INTEGER NOT NULL,
    rows         INTEGER NOT NULL,
    right        INTEGER NOT NULL,
    right_before INTEGER NOT NULL,
    strengths    TEXT NOT NULL,
    checksum     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price_proposal (
    sku     TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price_left (
    sku           TEXT PRIMARY KEY,
    business_date TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE competitor_price (
    sku         TEXT NOT NULL,
    competitor  TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    day         TEXT NOT NULL,
    PRIMARY KEY (sku, competitor)
) STRICT, WITHOUT ROWID;
