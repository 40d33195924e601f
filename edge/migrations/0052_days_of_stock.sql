-- What was on hand, promised and worth at the end of business days (see the tables.sql of the stock).
CREATE TABLE stock_day (
    sku           TEXT NOT NULL,
    location      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    on_hand       INTEGER NOT NULL,
    PRIMARY KEY (sku, location, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_promised_day (
    sku           TEXT NOT NULL,
    location      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    reserved      INTEGER NOT NULL,
    PRIMARY KEY (sku, location, business_date)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_average_day (
    sku           TEXT NOT NULL,
    business_date TEXT NOT NULL,
    average_micro INTEGER NOT NULL,
    PRIMARY KEY (sku, business_date)
) STRICT, WITHOUT ROWID;
