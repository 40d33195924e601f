-- How far the hub holds the journal is believed with the hash that it told; who signs the archive is known.
CREATE TABLE sync_position_kept AS SELECT * FROM sync_position;
DROP TABLE sync_position;
CREATE TABLE sync_position (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    epoch   INTEGER NOT NULL,
    through INTEGER NOT NULL,
    hash    BLOB NOT NULL DEFAULT x''
) STRICT;
INSERT INTO sync_position (one, epoch, through) SELECT one, epoch, through FROM sync_position_kept;
DROP TABLE sync_position_kept;
CREATE TABLE checkpoint_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key TEXT NOT NULL
) STRICT;
