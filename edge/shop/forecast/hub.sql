-- What became of the versions of each store's forecasts, a row an event: `trained`, `promoted` or `retired`. Figures of
-- the backtest in thousandths, where it was trained. A box that was restored counts on under the next epoch.
CREATE TABLE IF NOT EXISTS forecast_version (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    business_date date   NOT NULL,
    at            timestamptz NOT NULL,
    version       text   NOT NULL,
    what          text   NOT NULL,
    through       date,
    days          bigint,
    series        bigint,
    wape          bigint,
    bias          bigint,
    beside_naive  bigint,
    coverage      bigint,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS forecast_version_by_day ON forecast_version (tenant, business_date, store);
