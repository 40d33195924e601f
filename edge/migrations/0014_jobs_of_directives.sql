-- Which job applies a directive: to be looked up at each of its steps.
CREATE TABLE directive_kept AS SELECT * FROM directive_open;
DROP TABLE directive_open;
CREATE TABLE directive_open (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    changed INTEGER NOT NULL DEFAULT 0,
    unknown TEXT NOT NULL DEFAULT '[]',
    job     INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO directive_open
SELECT number, kind, changed, unknown, coalesce(
    (SELECT max(id) FROM job
     WHERE job.kind = 'apply_directive' AND json_extract(CAST(params AS TEXT), '$.number') = directive_kept.number),
    0
) FROM directive_kept;
DROP TABLE directive_kept;
