-- name: months
SELECT to_date(right(class.relname, 7), 'YYYY_MM') AS month
FROM pg_inherits JOIN pg_class AS class ON class.oid = inhrelid
WHERE inhparent = 'journal'::regclass
ORDER BY month;

-- name: tenants
SELECT DISTINCT tenant FROM {table};

-- name: not_acknowledged
SELECT count(*)
FROM {table} AS row JOIN device USING (tenant, store, device)
WHERE row.tenant = $1 AND row.epoch = device.epoch AND row.seq > device.through;

-- name: not_projected
SELECT count(*)
FROM (
    SELECT tenant, store, device, epoch, max(seq) AS last_seq FROM {table} WHERE tenant = $1
    GROUP BY tenant, store, device, epoch
) AS stretch
JOIN acknowledged_stretch AS held USING (tenant, store, device, epoch)
JOIN projection USING (tenant, store, device)
WHERE held.tenant = $1 AND projection.tenant = $1 AND (
    projection.stale OR projection.went_back
    OR (projection.epoch, projection.through) < (stretch.epoch, least(stretch.last_seq, held.last_seq))
);

-- name: in_quarantine
SELECT count(*) FROM quarantine JOIN {table} USING (tenant, store, device, epoch, seq) WHERE tenant = $1;

-- name: note_month
INSERT INTO archived_month (month, file, rows, sha256) VALUES ($1, $2, $3, $4);

-- name: note_stretches
INSERT INTO archived_stretch (tenant, store, device, month, rows, last_seq)
SELECT tenant, store, device, $1, count(*), max(seq) FROM {table} GROUP BY tenant, store, device;

-- name: get_month
SELECT rows, sha256 FROM archived_month WHERE month = $1;

-- name: forget_month
DELETE FROM archived_month WHERE month = $1;

-- name: go_on
UPDATE projection SET waiting = NULL
WHERE waiting IS NOT NULL AND NOT EXISTS (
    SELECT FROM archived_stretch AS away
    WHERE (away.tenant, away.store, away.device) = (projection.tenant, projection.store, projection.device)
);

-- name: note_anew
UPDATE archived_month SET rows = $2, sha256 = $3 WHERE month = $1;

-- name: forget_stretches
DELETE FROM archived_stretch WHERE month = $1 AND tenant = $2;
