-- Local state: conversations, and what was said in them. A session is one person's at one kind of surface; `state` is
-- JSON (dialogue.py: State). `turn` names a turn as whoever sent it does, so that the same one counts once.
CREATE TABLE chat_session (
    id         TEXT PRIMARY KEY,
    actor      TEXT NOT NULL,
    surface    TEXT NOT NULL,
    register   TEXT NOT NULL,
    agent      TEXT NOT NULL,
    language   TEXT NOT NULL,
    state      BLOB NOT NULL,
    begun_us   INTEGER NOT NULL,
    touched_us INTEGER NOT NULL,
    seat       TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_session_touched ON chat_session (touched_us);
CREATE TABLE chat_turn (
    number  INTEGER PRIMARY KEY,
    session TEXT NOT NULL,
    turn    TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    heard   TEXT NOT NULL,
    option  TEXT NOT NULL,
    answer  BLOB NOT NULL,
    UNIQUE (session, turn)
) STRICT;
CREATE INDEX chat_turn_at ON chat_turn (at_us);

-- Local state: what managers asked the copilot, for a day; `context` is JSON (copilot.py: Remembered), `body` that
-- of the answer.
CREATE TABLE copilot_session (
    id         TEXT PRIMARY KEY,
    actor      TEXT NOT NULL,
    context    TEXT NOT NULL,
    touched_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX copilot_session_touched ON copilot_session (touched_us);
CREATE TABLE copilot_message (
    number  INTEGER PRIMARY KEY,
    session TEXT NOT NULL,
    role    TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    text    TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX copilot_message_session ON copilot_message (session, number);

-- Local state: how often what was asked of the assistant, by day, place and language; no word of anybody. `told`: head
-- office knows it.
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

-- Local state: how many conversations began on a day (UTC), and of how many of them head office knows (`told`); and what it
-- said last: on `day` so many may begin over all boxes (NULL: any number), of which `others` have at other boxes.
CREATE TABLE chat_begun (
    day   TEXT PRIMARY KEY,
    begun INTEGER NOT NULL,
    told  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE chat_limit (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    day    TEXT NOT NULL,
    most   INTEGER,
    others INTEGER NOT NULL
) STRICT;

-- Local state: turns that a customer consented to have kept, for thirty days, as ciphertext under their key; `turn` is
-- its number in the conversation, which is gone by then.
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
