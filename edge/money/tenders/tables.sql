-- Strict projection of TenderSet and TenderEnded: the shop's own tenders; `body` is JSON, tender.ShopTender.
CREATE TABLE shop_tender (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of RateSet: what a foreign currency was worth last, and on which day of business.
CREATE TABLE foreign_rate (
    currency      TEXT PRIMARY KEY,
    rate          INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
