-- What people said of days that were out of the ordinary in each store: whether something was wrong, or it had its reason.
CREATE TABLE IF NOT EXISTS anomaly_judged (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    business_date date   NOT NULL,
    at            timestamptz NOT NULL,
    actor         text   NOT NULL,
    kind          text   NOT NULL,
    key           text   NOT NULL,
    of_day        date   NOT NULL,
    is_right      boolean NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS anomaly_judged_by_day ON anomaly_judged (tenant, of_day, store);
