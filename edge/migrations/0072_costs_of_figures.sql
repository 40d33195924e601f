-- Costs of figures.
-- Made anew from the journal: its projector has another version, too.
DROP TABLE figure_cost;
CREATE TABLE figure_cost (
    sku           TEXT PRIMARY KEY,
    cost_minor    INTEGER,
    average_micro INTEGER,
    on_hand       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
