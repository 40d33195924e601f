-- One row a device: what we hold of it. A worker locks this row while it changes anything of the device.
CREATE TABLE device (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL DEFAULT 0,     -- the newest; older ones are fenced
    epochs        jsonb  NOT NULL DEFAULT '[]',  -- its history: [{epoch, first_seq, parent_epoch, parent_seq, parent_hash}]
    through       bigint NOT NULL DEFAULT 0,     -- rows 1 to this one are held, chain checked, and acknowledged
    through_hash  bytea  NOT NULL,
    stored        bigint NOT NULL DEFAULT 0,     -- the highest seq ever stored in any epoch
    stopped_epoch bigint,
    stopped_code  text,
    stopped_text  text,
    stopped_at    timestamptz,
    applied       bigint NOT NULL DEFAULT 0,     -- the last directive it has applied, as it says
    app           text   NOT NULL DEFAULT '',
    changed_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, device)
);

-- Every row of every device and epoch, fenced ones too, exactly as it was written. Never changed, never deleted.
CREATE TABLE journal (
    tenant        text   NOT NULL,
    store         text   NOT NULL,
    device        text   NOT NULL,
    epoch         bigint NOT NULL,
    seq           bigint NOT NULL,
    command_id    bytea  NOT NULL,
    n             bigint NOT NULL,
    command_hash  bytea  NOT NULL,
    register      text   NOT NULL,
    actor         text   NOT NULL,
    surface       text   NOT NULL,
    business_date text   NOT NULL,
    at_us         bigint NOT NULL,
    mono_us       bigint NOT NULL,
    boot_id       bytea  NOT NULL,
    clock         text   NOT NULL,
    type          text   NOT NULL,
    version       bigint NOT NULL,
    body          bytea  NOT NULL,
    prev          bytea  NOT NULL,
    hash          bytea  NOT NULL,
    PRIMARY KEY (tenant, store, device, epoch, seq)
);

-- What is true of each device: its journal along its history, through what is acknowledged.
CREATE VIEW history AS
SELECT journal.*
FROM device
CROSS JOIN LATERAL (
    SELECT epoch, first_seq, coalesce(lead(first_seq) OVER (ORDER BY epoch) - 1, device.through) AS last_seq
    FROM jsonb_to_recordset(device.epochs) AS begun (epoch bigint, first_seq bigint)
) AS span
JOIN journal USING (tenant, store, device)
WHERE journal.epoch = span.epoch
  AND journal.seq BETWEEN span.first_seq AND least(span.last_seq, device.through);

-- The newest directive's version of each store; its row lock makes the versions free of gaps.
CREATE TABLE directive_head (
    tenant  text   NOT NULL,
    store   text   NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant, store)
);

CREATE TABLE directive (
    tenant  text   NOT NULL,
    store   text   NOT NULL,
    version bigint NOT NULL,
    kind    text   NOT NULL,
    body    bytea  NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, version)
);

-- How far each projector has come along each device's history.
CREATE TABLE projection (
    tenant    text    NOT NULL,
    store     text    NOT NULL,
    device    text    NOT NULL,
    projector text    NOT NULL,
    version   bigint  NOT NULL DEFAULT 0,
    through   bigint  NOT NULL DEFAULT 0,
    stale     boolean NOT NULL DEFAULT true,  -- begin again: new, or the history went back behind it
    PRIMARY KEY (tenant, store, device, projector)
);

-- Rows that a projector could not understand. The row itself stands in the journal.
CREATE TABLE quarantine (
    tenant    text   NOT NULL,
    store     text   NOT NULL,
    device    text   NOT NULL,
    projector text   NOT NULL,
    epoch     bigint NOT NULL,
    seq       bigint NOT NULL,
    reason    text   NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, device, projector, epoch, seq)
);

CREATE VIEW quarantined AS
SELECT quarantine.projector, quarantine.reason, quarantine.at AS quarantined_at, journal.*
FROM quarantine JOIN journal USING (tenant, store, device, epoch, seq);
