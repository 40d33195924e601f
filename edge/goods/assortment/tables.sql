-- Strict projection of ListingSet: since when a product is in the store's range, or is not; also from a day to come.
-- What no row speaks of is listed.
CREATE TABLE assortment (
    sku     TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    listed  INTEGER NOT NULL CHECK (listed IN (0, 1)),
    said_by TEXT NOT NULL,
    said_for TEXT NOT NULL,
    PRIMARY KEY (sku, from_us)
) STRICT, WITHOUT ROWID;
