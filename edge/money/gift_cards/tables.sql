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

-- Local state: what of a card is kept for a register's open basket.
CREATE TABLE gift_hold (
    card     TEXT NOT NULL,
    register TEXT NOT NULL,
    minor    INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    PRIMARY KEY (card, register)
) STRICT, WITHOUT ROWID;

-- Local state: when head office said last what a card may pay.
CREATE TABLE gift_confirmed (
    card       TEXT PRIMARY KEY,
    at_us      INTEGER NOT NULL,
    free_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: codes that nobody knew, by register: of the last ten minutes.
CREATE TABLE gift_code_try (
    register TEXT NOT NULL,
    at_us    INTEGER NOT NULL
) STRICT;
CREATE INDEX gift_code_try_at ON gift_code_try (register, at_us);
