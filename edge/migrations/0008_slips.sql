-- Slips for kitchens and bars: print jobs may be for another printer than their register's own, and it is known what
-- was sent of an open basket.
DROP INDEX print_job_waiting;
DROP INDEX print_job_sending;
DROP INDEX print_job_doubtful;
ALTER TABLE print_job RENAME TO print_job_before;
CREATE TABLE print_job (
    id         INTEGER PRIMARY KEY,
    register   TEXT NOT NULL,
    target     TEXT NOT NULL DEFAULT '',
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
INSERT INTO print_job
    (id, register, kind, document, receipt, copy, state, problem, printer, queued_us, expires_us, boot_id, changed_us)
SELECT id, register, kind, document, receipt, copy, state, problem, printer, queued_us, expires_us, boot_id, changed_us
FROM print_job_before;
DROP TABLE print_job_before;
CREATE INDEX print_job_waiting ON print_job (id, register, target) WHERE state = 'queued';
CREATE INDEX print_job_sending ON print_job (register) WHERE state = 'sending';
CREATE INDEX print_job_doubtful ON print_job (register, id) WHERE state = 'unknown';
CREATE TABLE slip_order (
    register TEXT PRIMARY KEY,
    number   INTEGER NOT NULL,
    note     TEXT NOT NULL,
    open     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE slip_told (
    register TEXT NOT NULL,
    printer  TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (register, printer, line)
) STRICT, WITHOUT ROWID;
