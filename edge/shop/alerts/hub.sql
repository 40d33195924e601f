-- What needs or needed a person in each store. Keyed by device, so that a device can be projected again by itself; a box
-- that was restored counts on from its backup, so that a row of its journal may be there twice, under two epochs.
CREATE TABLE IF NOT EXISTS alert (
    tenant      text   NOT NULL,
    store       text   NOT NULL,
    device      text   NOT NULL,
    epoch       bigint NOT NULL,
    id          bigint NOT NULL,
    kind        text   NOT NULL,
    subject     text   NOT NULL,
    severity    text   NOT NULL,
    worst       text   NOT NULL,
    state       text   NOT NULL,
    count       bigint NOT NULL,
    title       text   NOT NULL,
    vals        text   NOT NULL,
    raised_at   timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    raised_by   text   NOT NULL,
    acked_by    text,
    acked_until timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (tenant, store, device, epoch, id)
);
CREATE INDEX IF NOT EXISTS alert_open ON alert (tenant, raised_at) WHERE state <> 'resolved';
CREATE INDEX IF NOT EXISTS alert_by_day ON alert (tenant, raised_at, store);
