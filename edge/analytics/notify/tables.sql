-- Local state: what a person chose (preferences.py), as JSON sealed under their key. Gone with them.
CREATE TABLE notify_person (
    person TEXT PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: how far each open alert was told: which turn of it, the newest step of its ladder, and since when.
CREATE TABLE notify_ladder (
    alert    INTEGER PRIMARY KEY,
    turn     INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    taken    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Local state: how each channel is: whether a manager switched it off, and what is wrong with it.
CREATE TABLE notify_channel (
    name       TEXT PRIMARY KEY,
    configured INTEGER NOT NULL DEFAULT 0,
    active     INTEGER NOT NULL DEFAULT 1,
    fault      TEXT NOT NULL DEFAULT '',
    detail     TEXT NOT NULL DEFAULT '',
    sent_us    INTEGER NOT NULL DEFAULT 0,
    error      TEXT NOT NULL DEFAULT '',
    error_us   INTEGER NOT NULL DEFAULT 0,
    breaker    TEXT NOT NULL DEFAULT 'closed'
) STRICT, WITHOUT ROWID;

-- Local state: the ledger was set back: what was told since is not known here. Since when that was seen; 0: not yet.
CREATE TABLE notify_set_back (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    since_us INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Local state: destinations that do not answer, so that a start asks them no sooner: left alone until `until_us`.
CREATE TABLE notify_breaker (
    destination TEXT PRIMARY KEY,
    failures    INTEGER NOT NULL,
    wait_ms     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: what links in messages are signed with (`link`), and by which push services know this box (`push`).
CREATE TABLE notify_key (
    name   TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: the browsers a person is told by; `body` is their subscription (W3C Push API), sealed under their key.
CREATE TABLE notify_browser (
    person  TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    made_us INTEGER NOT NULL,
    PRIMARY KEY (person, id)
) STRICT, WITHOUT ROWID;

-- Local state: addresses that take no messages any more (unreachable.py): `body` is the address, sealed under its
-- person's key; tried again once it is changed, or somebody sends a test there.
CREATE TABLE notify_flagged (
    person  TEXT NOT NULL,
    channel TEXT NOT NULL,
    why     TEXT NOT NULL,
    body    TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    PRIMARY KEY (person, channel)
) STRICT, WITHOUT ROWID;

-- Local state: the numbers that people proved to be theirs, from which they may write to the shop (chat_numbers.py);
-- sealed under their key. `silent`: they wrote STOP.
CREATE TABLE notify_chat_number (
    person  TEXT PRIMARY KEY,
    body    TEXT NOT NULL,
    silent  INTEGER NOT NULL DEFAULT 0,
    made_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: the code by which a number is to become somebody's, as a digest; one a person.
CREATE TABLE notify_chat_code (
    person  TEXT PRIMARY KEY,
    digest  BLOB NOT NULL,
    made_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: wrong codes from numbers that are nobody's, by a digest of the number, for as long as a code holds.
CREATE TABLE notify_chat_try (
    number  BLOB PRIMARY KEY,
    tries   INTEGER NOT NULL,
    last_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: what people wrote to the shop's number, by the service's id of it, each once. `body`: their words, sealed
-- under their key, '' once they were answered; `session`: the conversation in which they are taken, once that is known.
CREATE TABLE notify_written (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL,
    body    TEXT NOT NULL,
    session TEXT NOT NULL DEFAULT '',
    said_us INTEGER NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
