-- Strict projection of ReviewWritten, ReviewPublished, ReviewRejected, ReviewWithdrawn, CustomersMerged and
-- PersonForgotten: reviews as they are now. `text` and `reason` are ciphertext under the key of `person`, "" once that
-- is destroyed; `customer` is whose it is, perhaps since a merge.
CREATE TABLE review (
    id            TEXT PRIMARY KEY,
    customer      TEXT NOT NULL,
    person        TEXT NOT NULL,
    sku           TEXT NOT NULL,
    rating        INTEGER NOT NULL,
    text          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'published', 'rejected', 'withdrawn')),
    reason        TEXT NOT NULL DEFAULT '',
    business_date TEXT NOT NULL,
    written_us    INTEGER NOT NULL,
    decided_us    INTEGER,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX review_sku ON review (sku, state, seq);
CREATE INDEX review_state ON review (state, seq);
CREATE INDEX review_customer ON review (customer, seq);
