-- Strict projection of SettingChanged: what was said of settings since config.toml; `value` is JSON.
CREATE TABLE setting (
    name    TEXT PRIMARY KEY,
    value   TEXT NOT NULL,
    said_by TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;

-- Strict projection of TextSet and TextEnded: what can be read where; `body` is JSON, texts.Notice.
CREATE TABLE shown_text (
    id       TEXT PRIMARY KEY,
    body     TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    place    TEXT AS (body ->> '$.place'),
    texts    TEXT AS (body ->> '$.texts'),
    from_us  INTEGER AS (body ->> '$.from_us'),
    until_us INTEGER AS (body ->> '$.until_us')
) STRICT, WITHOUT ROWID;
