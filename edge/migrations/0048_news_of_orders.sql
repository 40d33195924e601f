-- Local state: news of an order for its customer, until they are out or not worth it any more (no address: that is sealed
-- in the order, or the customer's); `stopped`: they want no more of this one.
CREATE TABLE order_news (
    id         INTEGER PRIMARY KEY,
    order_id   TEXT NOT NULL,
    about      TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed', 'stopped')),
    why        TEXT NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    made_us    INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    changed_us INTEGER NOT NULL
) STRICT;
CREATE INDEX order_news_order ON order_news (order_id);
CREATE INDEX order_news_due ON order_news (next_us) WHERE state IN ('queued', 'sending');
