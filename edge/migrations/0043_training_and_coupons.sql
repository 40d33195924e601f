-- At which registers somebody practises, beside the books.
CREATE TABLE training (
    register TEXT PRIMARY KEY,
    person   TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
