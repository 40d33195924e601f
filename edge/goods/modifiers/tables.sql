-- Strict projection of ModifierGroupSet and ModifierGroupEnded: what is asked of products; `body` is JSON,
-- modifier.ModifierGroup.
CREATE TABLE modifier_group (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Strict projection of the same: of which products and categories each is asked.
CREATE TABLE modifier_target (
    kind   TEXT NOT NULL CHECK (kind IN ('sku', 'category')),
    target TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (kind, target, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX modifier_target_id ON modifier_target (id);
