-- How far a file's price may be from the shop's, category by category.
ALTER TABLE category RENAME TO category_before;
CREATE TABLE category (
    id         TEXT PRIMARY KEY,
    parent     TEXT NOT NULL,
    names      TEXT NOT NULL,
    attributes TEXT NOT NULL,
    price_jump_percent INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO category (id, parent, names, attributes) SELECT id, parent, names, attributes FROM category_before;
DROP TABLE category_before;
CREATE INDEX category_parent ON category (parent);
