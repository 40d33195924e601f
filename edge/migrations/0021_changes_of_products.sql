-- Which rows of the journal changed a product: its history. The journal fills it.
CREATE TABLE product_change (
    product_id INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (product_id, seq)
) STRICT, WITHOUT ROWID;
