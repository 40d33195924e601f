-- Strict projection of BatchTaken, BatchJudged, BatchClosed and PayoutReceived: what providers pay out. `differing`: how
-- many lines are not what we have, `difference_minor` by how much; `closed` why somebody let it be; `agreed_fees_minor`: fees by contract.
CREATE TABLE settlement_batch (
    provider           TEXT NOT NULL,
    batch              TEXT NOT NULL,
    currency           TEXT NOT NULL,
    first_day          TEXT NOT NULL,
    last_day           TEXT NOT NULL,
    paid_on            TEXT NOT NULL,
    gross_minor        INTEGER NOT NULL,
    charged_back_minor INTEGER NOT NULL,
    fees_minor         INTEGER NOT NULL,
    net_minor          INTEGER NOT NULL,
    lines              INTEGER NOT NULL,
    differing          INTEGER NOT NULL DEFAULT 0,
    difference_minor   INTEGER NOT NULL DEFAULT 0,
    closed             TEXT NOT NULL DEFAULT '',
    received_on        TEXT NOT NULL DEFAULT '',
    digest             TEXT NOT NULL,
    agreed_fees_minor  INTEGER,
    seq                INTEGER NOT NULL,
    PRIMARY KEY (provider, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlement_batch_seq ON settlement_batch (seq);
CREATE INDEX settlement_batch_due ON settlement_batch (currency, net_minor) WHERE received_on = '';
CREATE INDEX settlement_batch_differs ON settlement_batch (seq) WHERE differing > 0 AND closed = '';

-- Strict projection of BatchJudged: each line, `body` is JSON, batch.JudgedLine. `payment` and `refund`: what it is of
-- ours, where that is paid out by it ("": by none).
CREATE TABLE settlement_line (
    provider TEXT NOT NULL,
    batch    TEXT NOT NULL,
    number   INTEGER NOT NULL,
    verdict  TEXT NOT NULL,
    payment  TEXT NOT NULL,
    refund   INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (provider, batch, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX settlement_line_once ON settlement_line (payment, refund) WHERE payment != '';

-- Strict projection of PayoutAsked and PayoutReceived: credits of banks, and the batch that each is of ("": somebody is
-- asked, `batches` are those that it may be of, JSON).
CREATE TABLE settlement_credit (
    credit       TEXT PRIMARY KEY,
    day          TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    provider     TEXT NOT NULL,
    batch        TEXT NOT NULL,
    batches      TEXT NOT NULL,
    seq          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of DisputeOpened, DisputeAnswered and DisputeEnded.
CREATE TABLE card_dispute (
    id           TEXT PRIMARY KEY,
    payment      TEXT NOT NULL,
    reason       TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    answer_by    TEXT NOT NULL,
    state        TEXT NOT NULL,
    seq          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX card_dispute_payment ON card_dispute (payment);
CREATE INDEX card_dispute_state ON card_dispute (state, answer_by);

-- Local state: how far each provider was asked for what it pays out, when last, and why no further.
CREATE TABLE payouts_asked (
    provider TEXT PRIMARY KEY,
    cursor   TEXT NOT NULL,
    asked_us INTEGER NOT NULL,
    fault    TEXT NOT NULL,
    batch    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
