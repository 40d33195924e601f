-- Webhooks: who is told of what happens, and how far.
CREATE TABLE webhook (
    id    TEXT PRIMARY KEY,
    url   TEXT NOT NULL,
    types TEXT NOT NULL,
    seq   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE webhook_delivery (
    id         TEXT PRIMARY KEY,
    after_seq  INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    failing_us INTEGER NOT NULL,
    resting    INTEGER NOT NULL,
    why        TEXT NOT NULL,
    told_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
