-- Strict projection of ConnectorSet and ConnectorEnded: `body` is JSON, connector.Connector.
CREATE TABLE feed_connector (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of FeedTaken: the runs that came to their end within 400 days, by their row of the journal.
CREATE TABLE feed_taken (
    seq         INTEGER PRIMARY KEY,
    connector   TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    file        TEXT NOT NULL,
    checksum    TEXT NOT NULL,
    records     INTEGER NOT NULL,
    applied     INTEGER NOT NULL,
    same        INTEGER NOT NULL,
    invalid     INTEGER NOT NULL,
    held        INTEGER NOT NULL,
    began_us    INTEGER NOT NULL,
    ended_us    INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    new         INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    retired     INTEGER NOT NULL
) STRICT;

-- Strict projection of CountsGiven: what was written into systems of others, by the row of the journal.
CREATE TABLE feed_given (
    seq       INTEGER PRIMARY KEY,
    connector TEXT NOT NULL,
    changed   INTEGER NOT NULL,
    left_out  INTEGER NOT NULL,
    at_us     INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_given_connector ON feed_given (connector, seq);

-- Local state: runs, each the work of one job. `ended_us` 0: not at its end. `params` is JSON, commands.IngestFile as the
-- connector completes it.
CREATE TABLE feed_run (
    run         INTEGER PRIMARY KEY,
    job         INTEGER NOT NULL,
    connector   TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    params      TEXT NOT NULL,
    began_us    INTEGER NOT NULL,
    ended_us    INTEGER NOT NULL,
    message     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX feed_run_job ON feed_run (job);
CREATE INDEX feed_run_connector ON feed_run (connector, run);

-- Local state: records (`cells`, JSON by field), what they would become (`becomes`, JSON), and what is wrong with them
-- (`reasons`, JSON); `came`: as those cells came that somebody mended; `raw_data`: their rows, as the file has them (JSON).
-- They are forgotten with their run.
CREATE TABLE feed_record (
    run      INTEGER NOT NULL,
    record   INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    key      TEXT NOT NULL,
    state    TEXT NOT NULL,
    cells    TEXT NOT NULL,
    becomes  TEXT NOT NULL,
    reasons  TEXT NOT NULL,
    came     TEXT NOT NULL,
    raw_data TEXT NOT NULL,
    PRIMARY KEY (run, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_record_state ON feed_record (run, state, record);

-- Local state: what was done last of each thing that records speak of, so that a file that comes twice has no second
-- effect. `moment_us`: when it was counted; an older count says nothing new. `number`: of the order here that it became.
CREATE TABLE feed_applied (
    entity_type TEXT NOT NULL,
    key         TEXT NOT NULL,
    digest      TEXT NOT NULL,
    moment_us   INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    PRIMARY KEY (entity_type, key)
) STRICT, WITHOUT ROWID;

-- Local state: tables about kinds of goods, as they were brought: strains by plain spelling (`body` is JSON,
-- enrichment.Strain), and how much each terpene makes for an effect, in thousandths. What follows is in the journal.
CREATE TABLE feed_strain (
    plain TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_effect (
    terpene TEXT NOT NULL,
    effect  TEXT NOT NULL,
    weight  INTEGER NOT NULL,
    PRIMARY KEY (terpene, effect)
) STRICT, WITHOUT ROWID;

-- Local state: which product here somebody said a rival's code is.
CREATE TABLE feed_match (
    competitor TEXT NOT NULL,
    theirs     TEXT NOT NULL,
    sku        TEXT NOT NULL,
    PRIMARY KEY (competitor, theirs)
) STRICT, WITHOUT ROWID;

-- Local state: what rivals sell and this shop doesn't, by their code or name, as they showed it last, and since when at
-- this price. `hidden`: somebody doesn't want to see it.
CREATE TABLE rival_good (
    competitor  TEXT NOT NULL,
    theirs      TEXT NOT NULL,
    name        TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    in_stock    TEXT NOT NULL CHECK (in_stock IN ('yes', 'no', 'unknown')),
    url         TEXT NOT NULL,
    since_us    INTEGER NOT NULL,
    until_us    INTEGER NOT NULL,
    hidden      INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    PRIMARY KEY (competitor, theirs)
) STRICT, WITHOUT ROWID;
CREATE INDEX rival_good_until ON rival_good (until_us);

-- Local state: what records said was sold at each place on a day of before; the forecast is told the sum over the places.
CREATE TABLE feed_sold (
    day      TEXT NOT NULL,
    sku      TEXT NOT NULL,
    location TEXT NOT NULL,
    sold     INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    wasted   INTEGER NOT NULL,
    minor    INTEGER NOT NULL,
    PRIMARY KEY (day, sku, location)
) STRICT, WITHOUT ROWID;

-- Local state: when each connector was asked last, why that failed, since when ("", 0: it did not), and when it last did not.
CREATE TABLE feed_progress (
    connector TEXT PRIMARY KEY,
    asked_us  INTEGER NOT NULL,
    why       TEXT NOT NULL,
    detail    TEXT NOT NULL,
    failed_us INTEGER NOT NULL,
    good_us   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: files that a connector took, by name, size and time.
CREATE TABLE feed_file (
    connector TEXT NOT NULL,
    mark      TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (connector, mark)
) STRICT, WITHOUT ROWID;
