-- Search is a room of its own: words in plain spelling, near texts, spelling, ends of codes, and what sells.
DROP TABLE product_search;
DELETE FROM projection WHERE name = 'product_search';

CREATE TABLE search_product (
    id      INTEGER PRIMARY KEY,
    sku     TEXT NOT NULL UNIQUE,
    words   TEXT NOT NULL,
    retired INTEGER NOT NULL
) STRICT;
CREATE TABLE search_todo (
    sku TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE search_code (
    tail TEXT NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (tail, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_code_product ON search_code (id);
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
    sku  TEXT PRIMARY KEY,
    heat REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX search_sold_heat ON search_sold (heat);
