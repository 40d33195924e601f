-- Costs of figures.
-- Made anew from the journal: its projector has another version, too.
DROP TABLE figure_cost;
CREATE TABLE figure_cost (
    sku           TEXT PRIMARY KEY,
    cost_minor    INTEGER,
    average_micro INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE figure_held (
    sku         TEXT NOT NULL,
    location    TEXT NOT NULL,
    on_hand     INTEGER NOT NULL,
    worth_minor INTEGER NOT NULL,
    PRIMARY KEY (sku, location)
) STRICT, WITHOUT ROWID;
