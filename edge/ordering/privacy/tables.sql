-- Strict projection of FarewellSaid, FarewellOver, CustomersMerged and PersonForgotten: customers who will be forgotten,
-- since when they know.
CREATE TABLE privacy_farewell (
    customer TEXT PRIMARY KEY,
    told_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
