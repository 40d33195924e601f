-- Strict projection of BooksTargetSet and BooksTargetEnded: `body` is JSON, target.BooksTarget.
CREATE TABLE books_target (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of BooksDocumentSent and BooksDocumentLeft (`theirs` ''): what is there, or shall not be. `lines` is
-- JSON, document.BooksLine.
CREATE TABLE books_sent (
    target   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    ref      TEXT NOT NULL,
    day      TEXT NOT NULL,
    theirs   TEXT NOT NULL,
    found    INTEGER NOT NULL,
    currency TEXT NOT NULL,
    lines    TEXT NOT NULL,
    sent_us  INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (target, kind, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX books_sent_day ON books_sent (target, kind, day, currency);

-- Local state: documents that are under way (`why` ''), each with the id under which it is sent, and those that were
-- refused. `body` is JSON, document.BooksDocument.
CREATE TABLE books_document (
    target     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    ref        TEXT NOT NULL,
    request    TEXT NOT NULL,
    body       TEXT NOT NULL,
    why        TEXT NOT NULL,
    detail     TEXT NOT NULL,
    changed_us INTEGER NOT NULL,
    PRIMARY KEY (target, kind, ref)
) STRICT, WITHOUT ROWID;

-- Local state: when each system was asked last, and why that failed ('': it did not).
CREATE TABLE books_progress (
    target   TEXT PRIMARY KEY,
    asked_us INTEGER NOT NULL,
    why      TEXT NOT NULL,
    detail   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: what the journal books by day and account, in minor units, through row `seq` of books_read; `newest` there
-- is JSON, commands.NewestPaper of each register.
CREATE TABLE books_day (
    day          TEXT NOT NULL,
    currency     TEXT NOT NULL,
    account      TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (day, currency, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE books_read (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    seq    INTEGER NOT NULL,
    newest TEXT NOT NULL
) STRICT;
