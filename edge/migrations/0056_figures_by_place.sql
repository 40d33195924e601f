-- Moves of goods also by place, and from where registers sell: the figures are made anew from the journal.
DROP TABLE figure_move;
DELETE FROM projection WHERE name = 'figures';
CREATE TABLE figure_move (
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    reason        TEXT NOT NULL,
    location      TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    cost_minor    INTEGER NOT NULL,
    costed        INTEGER NOT NULL,
    PRIMARY KEY (business_date, sku, reason, location)
) STRICT, WITHOUT ROWID;
CREATE INDEX figure_move_sku ON figure_move (sku, business_date);
CREATE INDEX figure_move_other ON figure_move (business_date) WHERE reason <> 'sale';
CREATE TABLE figure_place (
    register TEXT PRIMARY KEY,
    location TEXT NOT NULL
) STRICT, WITHOUT ROWID;
