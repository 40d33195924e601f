-- Strict projection of WebChannelSet and WebChannelEnded: from where orders come; `body` is JSON, web_order.WebChannel.
CREATE TABLE web_channel (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of WebArticleSet and WebArticleEnded: what a channel sells as one piece, as our goods; `body` is
-- JSON, web_article.WebArticle.
CREATE TABLE web_article (
    channel TEXT NOT NULL,
    theirs  TEXT NOT NULL,
    body    TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (channel, theirs)
) STRICT, WITHOUT ROWID;

-- Strict projection of WebOrderTaken, WebOrderHeld, WebOrderCancelled and WebOrderDropped: what became of each.
-- `state`: taken, held, cancelled, dropped; `order_id`: of the order here ('': there is none).
CREATE TABLE web_order (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    state     TEXT NOT NULL,
    why       TEXT NOT NULL,
    order_id  TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX web_order_newest ON web_order (seq);

-- Local state: what was said of an order that is held, sealed under the day's key; `told` is JSON, what fills the gaps
-- of its reason. Gone once it is taken, cancelled or dropped.
CREATE TABLE web_order_held (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    body      TEXT NOT NULL,
    told      TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;

-- Local state: what a channel said of an order last, without its people, sealed under the day's key: what comes next is
-- compared with it. Gone with that key.
CREATE TABLE web_order_told (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    body      TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;

-- Local state: what a channel holds of a product as it was set there last (`pieces`), how much of it was ordered there
-- and is not here yet (`underway`, since when that is so), and how much came with orders since it was looked at.
CREATE TABLE web_offer (
    channel  TEXT NOT NULL,
    sku      TEXT NOT NULL,
    pieces   INTEGER NOT NULL,
    underway INTEGER NOT NULL,
    arrived  INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    PRIMARY KEY (channel, sku)
) STRICT, WITHOUT ROWID;

-- Local state: which state of an order its channel was told last.
CREATE TABLE web_told (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    state     TEXT NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT, WITHOUT ROWID;

-- Local state: how telling a channel goes. `failing_us`: since when it takes nothing (0: it does); `why`: a key of
-- section [undelivered]; `looked_us`: when its goods were compared last.
CREATE TABLE web_telling (
    channel    TEXT PRIMARY KEY,
    failing_us INTEGER NOT NULL,
    why        TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    next_us    INTEGER NOT NULL,
    looked_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
