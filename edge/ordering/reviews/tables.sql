-- Strict projection of the events of reviews, CustomersMerged and PersonForgotten: reviews as they are now, and who
-- reported which. `text`, `reason` and `answer` are ciphertext under the key of `person`, "" once that is destroyed;
-- `customer` is whose it is, perhaps since a merge. What a guest's order sold: `sold` thousandths on these `lines` (JSON).
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
    answer        TEXT NOT NULL DEFAULT '',
    sale_register TEXT NOT NULL DEFAULT '',
    sale          INTEGER NOT NULL DEFAULT 0,
    lines         TEXT NOT NULL DEFAULT '[]',
    sold          INTEGER NOT NULL DEFAULT 0,
    decided_us    INTEGER,
    seq           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX review_sku ON review (sku, state, seq);
CREATE INDEX review_state ON review (state, seq);
CREATE INDEX review_customer ON review (customer, seq);
CREATE TABLE review_report (
    review   TEXT NOT NULL,
    customer TEXT NOT NULL,
    PRIMARY KEY (review, customer)
) STRICT, WITHOUT ROWID;
