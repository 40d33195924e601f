-- The counter: baskets set aside, the shop's own tenders, gift cards and store credit.
-- Local state: baskets that are set aside. One that was taken up is empty, and is kept for a day to tell who did.
CREATE TABLE parked_basket (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL,
    register       TEXT NOT NULL,
    person         TEXT NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    items          INTEGER NOT NULL,
    total_minor    INTEGER NOT NULL,
    body           BLOB NOT NULL,
    taken_us       INTEGER NOT NULL DEFAULT 0,
    taken_register TEXT NOT NULL DEFAULT '',
    taken_person   TEXT NOT NULL DEFAULT ''
) STRICT;

-- Strict projection of TenderSet and TenderEnded: the shop's own tenders; `body` is JSON, tender.ShopTender.
CREATE TABLE shop_tender (
    id   TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of RateSet: what a foreign currency was worth last, and on which day of business.
CREATE TABLE foreign_rate (
    currency      TEXT PRIMARY KEY,
    rate          INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of CardLoaded, CardMoved and CardClosed: every card, by a digest of its code, and how it came to
-- what it holds.
CREATE TABLE gift_card (
    id            TEXT PRIMARY KEY,
    tail          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    balance_minor INTEGER NOT NULL CHECK (balance_minor >= 0),
    closed        INTEGER NOT NULL DEFAULT 0,
    made_us       INTEGER NOT NULL,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX gift_card_seq ON gift_card (seq);
CREATE TABLE gift_card_move (
    card          TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    why           TEXT NOT NULL,
    minor         INTEGER NOT NULL,
    balance_minor INTEGER NOT NULL,
    at_us         INTEGER NOT NULL,
    register      TEXT NOT NULL,
    PRIMARY KEY (card, seq)
) STRICT, WITHOUT ROWID;

-- Local state: what of a card is kept for a register's open basket.
CREATE TABLE gift_hold (
    card     TEXT NOT NULL,
    register TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (card, register)
) STRICT, WITHOUT ROWID;

-- Strict projection of QuickKeysSet: a register's keys as JSON (layout.KeyPage), those of '' for all without their own.
CREATE TABLE quick_keys (
    register TEXT PRIMARY KEY,
    body     BLOB NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of TenderCorrected: which sales were paid otherwise than the till was told; `seq` says how.
CREATE TABLE corrected_sale (
    register TEXT NOT NULL,
    number   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (register, number)
) STRICT, WITHOUT ROWID;
