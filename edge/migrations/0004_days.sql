-- What each register's day comes to is kept with every paper, and not summed up when a report is printed.
CREATE TABLE register_day (
    register      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (register, business_date)
) STRICT, WITHOUT ROWID;
