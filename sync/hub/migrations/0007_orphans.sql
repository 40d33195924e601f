-- Rows that were acknowledged, and that a newer epoch does not go on from: a backup that lacks them was restored. They
-- stay in head office's books. Written when the device's history goes back (see hub/hello.py).
CREATE TABLE orphaned_stretch (
    tenant    text   NOT NULL,
    store     text   NOT NULL,
    device    text   NOT NULL,
    epoch     bigint NOT NULL,  -- of the rows
    first_seq bigint NOT NULL,
    last_seq  bigint NOT NULL,
    left_by   bigint NOT NULL,  -- the epoch that goes on without them
    left_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, store, device, epoch, first_seq)
);
COMMENT ON TABLE orphaned_stretch IS 'Acknowledged rows that a newer epoch of their device does not go on from';

-- Rows of an epoch may come to be acknowledged after those of a later one (a backup that holds what was never sent), so
-- a projector's progress is told by epoch: `done` is {epoch: through}. `epoch` and `through` are the last row it did; the
-- device's own, once nothing is left.
ALTER TABLE projection ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE projection ADD COLUMN done jsonb NOT NULL DEFAULT '{}';
ALTER TABLE projection ADD COLUMN went_back boolean NOT NULL DEFAULT false;  -- the history did, behind what is done
UPDATE projection SET epoch = span.newest, done = span.done
FROM (
    SELECT tenant, store, device, projector, max(epoch) AS newest, jsonb_object_agg(epoch, least(last_seq, through)) AS done
    FROM (
        SELECT tenant, store, device.device, projector, projection.through, begun.epoch, begun.first_seq,
               coalesce(lead(begun.first_seq) OVER (PARTITION BY tenant, store, device.device, projector
                                                    ORDER BY begun.epoch) - 1, projection.through) AS last_seq
        FROM projection
        JOIN device USING (tenant, store, device)
        CROSS JOIN LATERAL jsonb_to_recordset(device.epochs) AS begun (epoch bigint, first_seq bigint)
    ) AS lineage
    WHERE first_seq <= through
    GROUP BY tenant, store, device, projector
) AS span
WHERE (span.tenant, span.store, span.device, span.projector)
    = (projection.tenant, projection.store, projection.device, projection.projector);

-- What is true of each device: all that was ever acknowledged of it, along its history and beside it.
CREATE VIEW acknowledged_stretch WITH (security_invoker = true) AS
SELECT tenant, store, device, epoch, min(first_seq) AS first_seq, max(last_seq) AS last_seq
FROM (
    SELECT tenant, store, device.device, span.epoch, span.first_seq, least(span.last_seq, device.through) AS last_seq
    FROM device
    CROSS JOIN LATERAL (
        SELECT epoch, first_seq, coalesce(lead(first_seq) OVER (ORDER BY epoch) - 1, device.through) AS last_seq
        FROM jsonb_to_recordset(device.epochs) AS begun (epoch bigint, first_seq bigint)
    ) AS span
    WHERE span.first_seq <= device.through
    UNION ALL
    SELECT tenant, store, device, epoch, first_seq, last_seq FROM orphaned_stretch
) AS stretch
GROUP BY tenant, store, device, epoch;

CREATE OR REPLACE VIEW history WITH (security_invoker = true) AS
SELECT journal.*
FROM acknowledged_stretch AS span
JOIN journal USING (tenant, store, device, epoch)
WHERE journal.seq BETWEEN span.first_seq AND span.last_seq;

CALL protect_tables();
REVOKE DELETE ON orphaned_stretch FROM edge_hub_worker;
