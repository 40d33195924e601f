-- A print job says all that is known of it, on which printer, and which receipt it shows.
DROP INDEX print_job_waiting;
ALTER TABLE print_job RENAME TO print_job_before;
CREATE TABLE print_job (
    id         INTEGER PRIMARY KEY,
    register   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    document   BLOB NOT NULL,
    receipt    INTEGER,
    copy       INTEGER NOT NULL DEFAULT 0,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'printed', 'unknown', 'failed')),
    problem    TEXT NOT NULL DEFAULT '',
    printer    TEXT NOT NULL DEFAULT '',
    queued_us  INTEGER NOT NULL,
    expires_us INTEGER,
    boot_id    BLOB NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
INSERT INTO print_job (id, register, kind, document, state, problem, queued_us, expires_us, boot_id, changed_us)
SELECT id, register, kind, document, state, iif(state = 'failed', 'failed', ''), queued_us, expires_us, boot_id, changed_us
FROM print_job_before;
DROP TABLE print_job_before;
CREATE INDEX print_job_waiting ON print_job (register, id) WHERE state = 'queued';
CREATE INDEX print_job_sending ON print_job (register) WHERE state = 'sending';
CREATE INDEX print_job_doubtful ON print_job (register, id) WHERE state = 'unknown';
