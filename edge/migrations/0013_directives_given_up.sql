-- What became of a directive may also be that its job failed or was cancelled. What is known already stays.
CREATE TABLE directive_kept AS SELECT * FROM directive;
DROP TABLE directive;
CREATE TABLE directive (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'refused', 'failed', 'cancelled')),
    changed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;
INSERT INTO directive SELECT * FROM directive_kept;
DROP TABLE directive_kept;
