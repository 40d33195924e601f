-- The newer picture that a bay is compared with, in the place of its planogram's.
CREATE TABLE shelf_reference (
    bay           TEXT PRIMARY KEY,
    full          TEXT NOT NULL,
    picture       TEXT NOT NULL,
    business_date TEXT NOT NULL
) STRICT, WITHOUT ROWID;
