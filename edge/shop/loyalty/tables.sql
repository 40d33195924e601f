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
    at_us          INTEGER NOT NULL
) STRICT;
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
    at_us    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
