-- Local state: the set-up PIN's hash. Not in the journal: a few digits would be guessed from it.
CREATE TABLE access_pin (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    hash TEXT NOT NULL
) STRICT;
