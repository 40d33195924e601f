-- What was left out, as too many waited, is counted in the message that goes next: it is found by whom it was for.
CREATE INDEX notify_message_left_out ON notify_message (person, channel) WHERE why = 'too_many' AND bundle = 0;

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
