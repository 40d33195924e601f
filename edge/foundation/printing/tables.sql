-- Local state: what is to be printed and what became of it (see README.md for the states). `target` is the printer it
-- is for, empty for that of its register; `receipt` the number of the receipt that it shows, `problem` a key of
-- [printer] in edge/lib/i18n, `printer` the device that took it.
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
CREATE INDEX print_job_waiting ON print_job (id, register, target) WHERE state = 'queued';
CREATE INDEX print_job_sending ON print_job (register) WHERE state = 'sending';
CREATE INDEX print_job_doubtful ON print_job (register, id) WHERE state = 'unknown';
