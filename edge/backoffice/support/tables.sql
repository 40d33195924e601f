-- Strict projection of SupportAsked to SupportLapsed: what head office asked, and how each stands.
CREATE TABLE support_case (
    id       TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    reason   TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    seal_to  TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined', 'sent', 'lapsed', 'refused')),
    digest   TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL DEFAULT 0,
    moved_us INTEGER NOT NULL,
    help     TEXT NOT NULL DEFAULT '',
    subject  TEXT NOT NULL DEFAULT '',
    why      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX support_case_by_time ON support_case (asked_us);

CREATE INDEX support_case_by_help ON support_case (help) WHERE help <> '';

-- Strict projection of SupportHelpBegun and SupportHelpEnded: each period of remote help; `ended_us` 0: not yet.
CREATE TABLE support_help (
    id       TEXT PRIMARY KEY,
    begun_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL DEFAULT 0,
    seq      INTEGER NOT NULL
) STRICT;
CREATE INDEX support_help_by_seq ON support_help (seq);

-- Strict projection of SupportAllowed: until when nothing that is asked wants a yes.
CREATE TABLE support_leave (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    until_us INTEGER NOT NULL
) STRICT;
