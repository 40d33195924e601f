-- Old rows of the journal may go into files; those and no others may be deleted.
CREATE TABLE archive (
    first_seq INTEGER PRIMARY KEY,
    last_seq  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    bytes     INTEGER NOT NULL,
    sha256    TEXT NOT NULL
) STRICT;
CREATE TABLE archived_command (
    first_seq  INTEGER PRIMARY KEY,
    last_seq   INTEGER NOT NULL,
    command_id BLOB NOT NULL UNIQUE
) STRICT;
DROP TRIGGER journal_is_append_only_d;
CREATE TRIGGER journal_is_append_only_d BEFORE DELETE ON journal
WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM archive)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
