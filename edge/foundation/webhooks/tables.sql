-- Strict projection of WebhookSet and WebhookRemoved: who is told of what; `body` is JSON, hook.Hook.
CREATE TABLE webhook (
    id    TEXT PRIMARY KEY,
    body  TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    url   TEXT AS (body ->> '$.url'),
    types TEXT AS (body ->> '$.types')
) STRICT, WITHOUT ROWID;

-- Local state: how far each has been told. `failing_us`: since when it fails; `why`: a key of section [undelivered].
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
