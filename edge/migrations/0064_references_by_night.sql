-- A bay is compared with another picture by night. The table is filled anew from the journal behind this.
DROP TABLE shelf_reference;
CREATE TABLE shelf_reference (
    bay           TEXT NOT NULL,
    light         TEXT NOT NULL,
    full          TEXT NOT NULL,
    picture       TEXT NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (bay, light)
) STRICT, WITHOUT ROWID;
