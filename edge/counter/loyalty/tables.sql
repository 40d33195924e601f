-- Strict projection of EarnRuleSet and EarnRuleEnded: the rules by which members earn.
CREATE TABLE loyalty_rule (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Strict projection of RewardSet and RewardEnded: what members get.
CREATE TABLE loyalty_reward (
    id     TEXT PRIMARY KEY,
    body   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    points INTEGER AS (body ->> '$.points')
) STRICT, WITHOUT ROWID;

-- Strict projection of TierSet and TierEnded: how far members come.
CREATE TABLE loyalty_tier (
    id          TEXT PRIMARY KEY,
    body        TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    from_points INTEGER AS (body ->> '$.from_points')
) STRICT, WITHOUT ROWID;

-- Strict projection of PointsMoved and PointsExpired, until the customer is forgotten: what was earned and spent. `register` and `number`:
-- of the paper whose points these are; `paper`: of the one that moved them, at `paper_register`.
CREATE TABLE loyalty_move (
    seq            INTEGER PRIMARY KEY,
    customer       TEXT NOT NULL,
    purse          TEXT NOT NULL,
    points         INTEGER NOT NULL,
    why            TEXT NOT NULL,
    register       TEXT NOT NULL,
    number         INTEGER NOT NULL,
    paper_register TEXT NOT NULL,
    paper          INTEGER NOT NULL,
    reward         TEXT NOT NULL,
    business_date  TEXT NOT NULL,
    at_us          INTEGER NOT NULL,
    member         TEXT NOT NULL
) STRICT;
CREATE INDEX loyalty_move_member ON loyalty_move (member, purse) WHERE member <> '';
CREATE INDEX loyalty_move_customer ON loyalty_move (customer, purse, business_date);
CREATE INDEX loyalty_move_sale ON loyalty_move (register, number) WHERE number > 0;
CREATE INDEX loyalty_move_paper ON loyalty_move (paper_register, paper) WHERE paper > 0;

-- Strict projection of PointsMoved and PointsExpired: what each purse of a member holds, which is the sum of its moves.
CREATE TABLE loyalty_purse (
    customer TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    PRIMARY KEY (customer, purse)
) STRICT, WITHOUT ROWID;

-- Local state: rewards that lie in a basket and are spent with it.
CREATE TABLE loyalty_laid (
    coupon   TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    reward   TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    unconfirmed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: what members hold in other shops, as head office said: below 0 where more was spent there than earned.
CREATE TABLE loyalty_elsewhere (
    customer TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    PRIMARY KEY (customer, purse)
) STRICT, WITHOUT ROWID;

-- Local state: when head office said it last, and whether no other box kept their points then.
CREATE TABLE loyalty_asked (
    customer TEXT PRIMARY KEY,
    at_us    INTEGER NOT NULL,
    free     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Local state: what members spent today without head office's word.
CREATE TABLE loyalty_unconfirmed (
    customer      TEXT NOT NULL,
    business_date TEXT NOT NULL,
    points        INTEGER NOT NULL,
    PRIMARY KEY (customer, business_date)
) STRICT, WITHOUT ROWID;

-- Local state: who spent without head office's word, and has not been asked about since.
CREATE TABLE loyalty_unsettled (customer TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Local state: what shops that were cut off gave beyond what a member had, as head office says it, ever; `since_us`: when
-- that was more for the last time.
CREATE TABLE loyalty_lost (
    customer TEXT NOT NULL,
    purse    TEXT NOT NULL,
    points   INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    PRIMARY KEY (customer, purse)
) STRICT, WITHOUT ROWID;
