-- Strict projection of PromotionSet and PromotionEnded: every promotion as it is now; `body` is JSON,
-- promotion.Promotion, and `until_us` when it is over (2^53: nobody knows yet).
CREATE TABLE promotion (
    id       TEXT PRIMARY KEY,
    from_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    list     TEXT NOT NULL,
    body     TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX promotion_until ON promotion (until_us, list);
-- By which keys of products (promotion.keys_of) a promotion is found.
CREATE TABLE promotion_key (
    key       TEXT NOT NULL,
    until_us  INTEGER NOT NULL,
    promotion TEXT NOT NULL,
    PRIMARY KEY (key, until_us, promotion)
) STRICT, WITHOUT ROWID;
CREATE INDEX promotion_key_promotion ON promotion_key (promotion);
