-- Gift cards that head office settles: until when they are good, what was spent without its word, what is lost.
DROP TABLE gift_card_move;
DROP TABLE gift_card;
-- Strict projection of the facts about cards: every card, by a digest of its code, and how it came to
-- what it holds.
CREATE TABLE gift_card (
    id            TEXT PRIMARY KEY,
    tail          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    balance_minor INTEGER NOT NULL CHECK (balance_minor >= 0),
    closed        INTEGER NOT NULL DEFAULT 0,
    made_us       INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    expires_on        TEXT NOT NULL DEFAULT '',
    lost_minor        INTEGER NOT NULL DEFAULT 0,
    noted_minor       INTEGER NOT NULL DEFAULT 0,
    unconfirmed_minor INTEGER NOT NULL DEFAULT 0,
    unsettled         INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX gift_card_seq ON gift_card (seq);
CREATE INDEX gift_card_unsettled ON gift_card (id) WHERE unsettled;
CREATE TABLE gift_card_move (
    card          TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    why           TEXT NOT NULL,
    minor         INTEGER NOT NULL,
    balance_minor INTEGER NOT NULL,
    at_us         INTEGER NOT NULL,
    register      TEXT NOT NULL,
    business_date TEXT NOT NULL DEFAULT '',
    unconfirmed   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (card, seq)
) STRICT, WITHOUT ROWID;

-- Local state: when head office said last what a card may pay.
CREATE TABLE gift_confirmed (
    card       TEXT PRIMARY KEY,
    at_us      INTEGER NOT NULL,
    free_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: receipts that go out by e-mail. `address` is sealed under the key of `person`, who is made for it; both
-- are gone once the mail is out or given up.
CREATE TABLE receipt_mail (
    id         INTEGER PRIMARY KEY,
    register   TEXT NOT NULL,
    number     INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    person     TEXT NOT NULL,
    address    TEXT NOT NULL,
    language   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed')),
    why        TEXT NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    made_us    INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE INDEX receipt_mail_receipt ON receipt_mail (register, number);
CREATE INDEX receipt_mail_due ON receipt_mail (next_us) WHERE state IN ('queued', 'sending');
