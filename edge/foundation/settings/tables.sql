-- Strict projection of SettingChanged: what was said of settings since config.toml; `value` is JSON.
CREATE TABLE setting (
    name    TEXT PRIMARY KEY,
    value   TEXT NOT NULL,
    said_by TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;

-- Strict projection of SettingsInForce: what was told of config.toml last, so that it is told once; `body` is JSON.
CREATE TABLE settings_told (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT NOT NULL
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
