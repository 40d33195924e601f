-- Local state: directives that were taken and are still being applied.
CREATE TABLE directive_open (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    changed INTEGER NOT NULL DEFAULT 0,
    unknown TEXT NOT NULL DEFAULT '[]',
    job     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Local state: what they ask for; read once, so apart from what each step changes.
CREATE TABLE directive_body (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT;

-- Local state: since the ledger was set back all directives are asked for again, and that is through this one.
CREATE TABLE directive_again (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;

-- Strict projection of DirectiveApplied, DirectiveRefused and DirectiveGivenUp: what became of each.
CREATE TABLE directive (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'refused', 'failed', 'cancelled')),
    changed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;
