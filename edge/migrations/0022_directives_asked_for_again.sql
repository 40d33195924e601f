-- A ledger that was set back asks for all directives again.
CREATE TABLE directive_again (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;
