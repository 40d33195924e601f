-- Following projection of all that says what a product is called: what is searched in. Ids are product.id. `words`: a
-- line for each name, and one for brand, category and attributes.
CREATE TABLE search_product (
    id      INTEGER PRIMARY KEY,
    words   TEXT NOT NULL,
    retired INTEGER NOT NULL
) STRICT;
CREATE TABLE search_todo (
    sku TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE search_word (
    id   INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE search_text USING fts5 (
    terms, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '.%'"
);
CREATE VIRTUAL TABLE search_spelling USING fts5 (
    word, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
);
CREATE VIRTUAL TABLE search_vector USING vec0 (
    id INTEGER PRIMARY KEY, vector bit[512]
);

-- Following projection of StockMoved, HistoryRecorded and HistoryTakenBack: how well a product sells; see popularity.py
-- for `heat`. `search_imported`: the units of it that were sold on days imported from another system.
CREATE TABLE search_sold (
    id   INTEGER PRIMARY KEY,
    heat REAL NOT NULL
) STRICT;
CREATE INDEX search_sold_heat ON search_sold (heat);
CREATE TABLE search_imported (
    business_date TEXT NOT NULL,
    sku           TEXT NOT NULL,
    units         INTEGER NOT NULL,
    PRIMARY KEY (business_date, sku)
) STRICT, WITHOUT ROWID;

-- Local state: what products mean to the shop's model of sentences (senses.py), which model that is, and the words that
-- the index had of them then. Made anew wherever one of these is another; missing where there is no such model.
CREATE TABLE search_sense (
    id    INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_sense_vector USING vec0 (
    id INTEGER PRIMARY KEY, vector bit[512]
);
