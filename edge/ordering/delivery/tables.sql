-- Strict projection of ZoneSet and ZoneEnded: where the shop delivers to.
CREATE TABLE delivery_zone (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of DriverPaid and DriverHandedIn: the shop's money that drivers have.
CREATE TABLE driver_cash (
    driver     TEXT PRIMARY KEY,
    owed_minor INTEGER NOT NULL,
    orders     INTEGER NOT NULL,
    since_us   INTEGER NOT NULL,
    notes      TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;
