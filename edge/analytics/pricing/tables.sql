-- Strict projection of PriceModelTrained and PriceModelReverted; `strengths` is JSON. In use is one, in `place` 0; those
-- that were in use before have 1, 2, ... from the newest on; others (kept, not enough) none.
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
-- Strict projection of PricesProposed and ProposedPriceAnswered: what waits for a yes (`body`: JSON,
-- events.ProposedPrice), and what somebody left.
CREATE TABLE price_proposal (
    sku     TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price_left (
    sku           TEXT PRIMARY KEY,
    business_date TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of CompetitorPriceNoted: every time that a price or the stock of a rival changed, from when on
-- (`seen_us`); without a price it is known no more.
CREATE TABLE rival_price (
    sku         TEXT NOT NULL,
    competitor  TEXT NOT NULL,
    seen_us     INTEGER NOT NULL,
    price_minor INTEGER,
    in_stock    TEXT NOT NULL CHECK (in_stock IN ('yes', 'no', 'unknown')),
    url         TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (sku, competitor, seen_us, seq)
) STRICT, WITHOUT ROWID;

-- Local state: until when a rival was last seen to ask the same.
CREATE TABLE rival_seen (
    sku        TEXT NOT NULL,
    competitor TEXT NOT NULL,
    until_us   INTEGER NOT NULL,
    PRIMARY KEY (sku, competitor)
) STRICT, WITHOUT ROWID;

-- Strict projection of CompetitorPriceNoted: what others asked for a product when somebody looked last.
CREATE TABLE competitor_price (
    sku         TEXT NOT NULL,
    competitor  TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    day         TEXT NOT NULL,
    PRIMARY KEY (sku, competitor)
) STRICT, WITHOUT ROWID;
