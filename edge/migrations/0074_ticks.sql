-- Lines of open orders that are picked or made: local state.
CREATE TABLE order_tick (
    order_id TEXT NOT NULL,
    line     INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
