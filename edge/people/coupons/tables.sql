-- Strict projections of the coupons' facts: every series, its coupons by the digest of their codes, and every use of one,
-- here (`register`, `number`) or in another box (`store`, `receipt`). One that was freed is no use any more.
CREATE TABLE coupon_series (
    series    INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    starts    TEXT NOT NULL,
    ends      TEXT NOT NULL,
    share     INTEGER NOT NULL,
    sum_minor INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    ended     INTEGER NOT NULL DEFAULT 0,
    made_us   INTEGER NOT NULL,
    seq       INTEGER NOT NULL
) STRICT;
CREATE TABLE coupon (
    id     TEXT PRIMARY KEY,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX coupon_of_series ON coupon (series, number);
CREATE TABLE coupon_use (
    coupon  TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    tail    TEXT NOT NULL,
    store   TEXT NOT NULL,
    receipt TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    PRIMARY KEY (coupon, store, receipt)
) STRICT, WITHOUT ROWID;

-- Local state: what the shop signs its coupons with.
CREATE TABLE coupon_key (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL
) STRICT;
