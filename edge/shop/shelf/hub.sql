-- What head office wants of shelves: what was found in each store with how it ended, and how the bays were kept by day.
-- A finding is named by the row of the store's journal in which it was found.
CREATE TABLE IF NOT EXISTS shelf_finding (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    kind          text   NOT NULL,
    bay           text   NOT NULL,
    edition       bigint NOT NULL,
    facing        text   NOT NULL,
    facings       bigint NOT NULL,
    sku           text   NOT NULL,
    business_date date   NOT NULL,
    first_at      timestamptz NOT NULL,
    found_at      timestamptz NOT NULL,
    confidence    bigint NOT NULL,
    on_hand       bigint NOT NULL,
    closed_at     timestamptz,
    empty_s       bigint,
    how           text,
    answer        text,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS shelf_finding_by_day ON shelf_finding (tenant, business_date, store);

CREATE TABLE IF NOT EXISTS shelf_compliance (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    bay           text   NOT NULL,
    business_date date   NOT NULL,
    looks         bigint NOT NULL,
    right_count   bigint NOT NULL,
    seen_count    bigint NOT NULL,
    planned_count bigint NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);
CREATE INDEX IF NOT EXISTS shelf_compliance_by_day ON shelf_compliance (tenant, business_date, store);
