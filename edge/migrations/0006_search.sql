-- Search is a room of its own: words in plain spelling, near texts, spelling, and what sells. The journal fills it.
DROP TABLE product_search;
DELETE FROM projection WHERE name = 'product_search';

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

CREATE TABLE search_sold (
    id   INTEGER PRIMARY KEY,
    heat REAL NOT NULL
) STRICT;
CREATE INDEX search_sold_heat ON search_sold (heat);
