-- The core's tables as they are now: a new ledger is made from them.

-- Who this ledger belongs to. One row, written once.
CREATE TABLE header (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    tenant        TEXT NOT NULL,
    store         TEXT NOT NULL,
    device        TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
) STRICT;

-- Every fact, in the order in which it happened. The key is (epoch, seq); within one database seq goes on
-- counting through a new epoch, so seq alone is the rowid.
CREATE TABLE journal (
    epoch         INTEGER NOT NULL,
    seq           INTEGER PRIMARY KEY,
    command_id    BLOB NOT NULL,
    n             INTEGER NOT NULL,
    command_hash  BLOB NOT NULL,
    register      TEXT NOT NULL,
    actor         TEXT NOT NULL,
    surface       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    at_us         INTEGER NOT NULL,
    mono_us       INTEGER NOT NULL,
    boot_id       BLOB NOT NULL,
    clock         TEXT NOT NULL,
    type          TEXT NOT NULL,
    version       INTEGER NOT NULL,
    body          BLOB NOT NULL,
    prev          BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_command ON journal (command_id, n);
CREATE INDEX journal_epoch ON journal (seq) WHERE type = 'EpochStarted';
CREATE TRIGGER journal_is_append_only_u BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_append_only_d BEFORE DELETE ON journal
WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM archive)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Local state: which version of each projector made its tables, and through which row (following ones).
CREATE TABLE projection (
    name    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: ids of commands that left no event, so that a repeat has no second effect.
CREATE TABLE remembered_command (
    number       INTEGER PRIMARY KEY,
    command_id   BLOB NOT NULL UNIQUE,
    command_hash BLOB NOT NULL
) STRICT;

-- Local state: long work and how far it is.
CREATE TABLE job (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    params     BLOB NOT NULL,
    actor      TEXT NOT NULL,
    register   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    cursor     INTEGER NOT NULL DEFAULT 0,
    total      INTEGER NOT NULL DEFAULT 0,
    refused    INTEGER NOT NULL DEFAULT 0,
    message    TEXT NOT NULL DEFAULT '',
    queued_us  INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    told       BLOB NOT NULL DEFAULT x'7B7D',
    counts     BLOB NOT NULL DEFAULT x'7B7D'
) STRICT;
CREATE TABLE job_note (
    job    INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    line   INTEGER NOT NULL,
    field  TEXT NOT NULL,
    value  TEXT NOT NULL,
    reason TEXT NOT NULL,
    told   BLOB NOT NULL DEFAULT x'7B7D'
) STRICT;
CREATE INDEX job_note_job ON job_note (job, line);

-- Local state: how far the hub holds this journal, and the hash of that row as the hub told it (empty: it did not).
CREATE TABLE sync_position (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    epoch   INTEGER NOT NULL,
    through INTEGER NOT NULL,
    hash    BLOB NOT NULL DEFAULT x''
) STRICT;

-- Local state: where the newest commit stands in what a second box is shipped. No row where there is one box alone.
CREATE TABLE twin_mark (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    term     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    checksum BLOB NOT NULL
) STRICT;

-- Local state: always empty; written to and emptied to see whether the disk takes anything.
CREATE TABLE write_probe (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    filler BLOB NOT NULL
) STRICT;

-- Local state: the files in which old rows of the journal are. Those rows may be deleted from it, and no others.
CREATE TABLE archive (
    first_seq INTEGER PRIMARY KEY,
    last_seq  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    bytes     INTEGER NOT NULL,
    sha256    TEXT NOT NULL
) STRICT;

-- Local state: the public key (Ed25519, hexadecimal) that signs the checkpoints of that archive, and no other.
CREATE TABLE checkpoint_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key TEXT NOT NULL
) STRICT;

-- Local state: commands whose rows are in those files, the newest of them, so that a repeat has no second effect.
CREATE TABLE archived_command (
    first_seq  INTEGER PRIMARY KEY,
    last_seq   INTEGER NOT NULL,
    command_id BLOB NOT NULL UNIQUE
) STRICT;

-- Strict projection of PersonForgotten: ids that are never given again, and where in the journal they were forgotten.
CREATE TABLE person_forgotten (
    person TEXT PRIMARY KEY,
    epoch  INTEGER NOT NULL,
    seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: each person's key, encrypted by the wrapping key of that id, which is not in this database.
CREATE TABLE person_key (
    person   TEXT PRIMARY KEY,
    wrapping TEXT NOT NULL,
    wrapped  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX person_key_wrapping ON person_key (wrapping);

-- Local state: by what people are looked up exactly: a digest keyed by that wrapping key, and the text sealed.
CREATE TABLE person_index (
    person   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    wrapping TEXT NOT NULL,
    digest   BLOB NOT NULL,
    sealed   TEXT NOT NULL,
    PRIMARY KEY (person, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_index_digest ON person_index (kind, digest);
CREATE INDEX person_index_wrapping ON person_index (wrapping);
