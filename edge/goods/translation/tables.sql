-- Strict projection of translations: the newest of each text and language, and what became of it.
CREATE TABLE translation (
    key             TEXT NOT NULL,
    language        TEXT NOT NULL,
    state           TEXT NOT NULL,
    source_language TEXT NOT NULL,
    source          TEXT NOT NULL,
    text            TEXT NOT NULL,
    origin          TEXT NOT NULL,
    findings        TEXT NOT NULL,
    at_us           INTEGER NOT NULL,
    PRIMARY KEY (key, language)
) STRICT, WITHOUT ROWID;
CREATE INDEX translation_state ON translation (language, state);
CREATE INDEX translation_source ON translation (language, source);
-- Strict projection of GlossaryTermSet and GlossaryTermEnded: what is called how; `body` is JSON, glossary.GlossaryTerm.
CREATE TABLE glossary_term (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
