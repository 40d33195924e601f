-- What head office was told last of its page of orders' status; below 0: told in an epoch that ended.
CREATE TABLE status_page_told (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    shown      INTEGER NOT NULL,
    store_name TEXT NOT NULL,
    zone       TEXT NOT NULL
) STRICT;
