-- Strict projection of SettingChanged: what was said of settings since config.toml; `value` is JSON.
CREATE TABLE setting (
    name    TEXT PRIMARY KEY,
    value   TEXT NOT NULL,
    said_by TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;

-- Strict projection of TextSet and TextEnded: what can be read where, by language as JSON.
CREATE TABLE shown_text (
    id       TEXT PRIMARY KEY,
    place    TEXT NOT NULL,
    texts    TEXT NOT NULL,
    from_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    said_by  TEXT NOT NULL,
    seq      INTEGER NOT NULL
) STRICT;
