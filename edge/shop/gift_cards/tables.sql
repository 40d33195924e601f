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
