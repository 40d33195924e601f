-- Local state: what is to be printed and what became of it. `sent`: the last byte left for the printer.
CREATE TABLE print_job (
    id         INTEGER PRIMARY KEY,
    register   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    document   BLOB NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    problem    TEXT NOT NULL DEFAULT '',
    queued_us  INTEGER NOT NULL,
    expires_us INTEGER,
    boot_id    BLOB NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE INDEX print_job_waiting ON print_job (register, id) WHERE state = 'queued';
