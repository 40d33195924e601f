-- What a job could not take, and why it failed, is kept as a key with values for its gaps; and a job counts what it did.
CREATE TABLE job_note_before AS SELECT * FROM job_note;
DROP TABLE job_note;
ALTER TABLE job RENAME TO job_before;
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
INSERT INTO job (id, kind, params, actor, register, state, cursor, total, refused, message, queued_us, changed_us)
SELECT id, kind, params, actor, register, state, cursor, total, refused, message, queued_us, changed_us FROM job_before;
DROP TABLE job_before;
CREATE TABLE job_note (
    job    INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    line   INTEGER NOT NULL,
    field  TEXT NOT NULL,
    value  TEXT NOT NULL,
    reason TEXT NOT NULL,
    told   BLOB NOT NULL DEFAULT x'7B7D'
) STRICT;
INSERT INTO job_note (job, line, field, value, reason) SELECT job, line, field, value, reason FROM job_note_before;
DROP TABLE job_note_before;
CREATE INDEX job_note_job ON job_note (job, line);
