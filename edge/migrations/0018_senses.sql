-- What products mean, where a shop has a model of sentences.
CREATE TABLE search_sense (
    id    INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_sense_vector USING vec0 (
    id INTEGER PRIMARY KEY, vector bit[512]
);
