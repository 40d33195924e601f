-- Local state: a register's order, called by a small number; that of its open basket while something of it was sent.
-- `ticket`: what screens know it by.
CREATE TABLE slip_order (
    register TEXT PRIMARY KEY,
    number   INTEGER NOT NULL,
    note     TEXT NOT NULL,
    open     INTEGER NOT NULL,
    ticket   TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Local state: what printers of slips were told of a register's open basket, in thousandths.
CREATE TABLE slip_told (
    register TEXT NOT NULL,
    printer  TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (register, printer, line)
) STRICT, WITHOUT ROWID;
