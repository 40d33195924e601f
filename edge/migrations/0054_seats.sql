-- Where a conversation goes on: the page that its person spoke at last ("": nobody said).
ALTER TABLE chat_session RENAME TO chat_session_before;
DROP INDEX chat_session_touched;
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
INSERT INTO chat_session SELECT *, '' FROM chat_session_before;
DROP TABLE chat_session_before;
