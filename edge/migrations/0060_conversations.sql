-- What was asked of the assistant, as counts by day; and conversations that customers consented to have kept.
CREATE TABLE chat_count (
    day      TEXT NOT NULL,
    place    TEXT NOT NULL,
    language TEXT NOT NULL,
    what     TEXT NOT NULL,
    n        INTEGER NOT NULL,
    told     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, place, language, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_count_untold ON chat_count (day) WHERE NOT told;
CREATE TABLE chat_kept (
    number   INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    session  TEXT NOT NULL,
    turn     INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    sealed   TEXT NOT NULL,
    UNIQUE (session, turn)
) STRICT;
CREATE INDEX chat_kept_customer ON chat_kept (customer, number);
CREATE INDEX chat_kept_at ON chat_kept (at_us);
