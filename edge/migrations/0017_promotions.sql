-- Promotions, what they are found by, and whether the shop has prices in lists of their own.
CREATE TABLE promotion (
    id       TEXT PRIMARY KEY,
    from_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    list     TEXT NOT NULL,
    body     TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX promotion_until ON promotion (until_us, list);
CREATE TABLE promotion_key (
    key       TEXT NOT NULL,
    until_us  INTEGER NOT NULL,
    promotion TEXT NOT NULL,
    PRIMARY KEY (key, until_us, promotion)
) STRICT, WITHOUT ROWID;
CREATE INDEX promotion_key_promotion ON promotion_key (promotion);
CREATE INDEX price_list ON price (list) WHERE list <> 'store';
