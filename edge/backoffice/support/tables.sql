-- Strict projection of SupportAsked to SupportLapsed: what head office asked, and how each stands.
CREATE TABLE support_case (
    id       TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    reason   TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    seal_to  TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined', 'sent', 'lapsed')),
    digest   TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL DEFAULT 0,
    moved_us INTEGER NOT NULL
) STRICT;
CREATE INDEX support_case_by_time ON support_case (asked_us);

-- Strict projection of SupportAllowed: until when nothing that is asked wants a yes.
CREATE TABLE support_leave (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    until_us INTEGER NOT NULL
) STRICT;
