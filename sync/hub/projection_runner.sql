-- name: add_projections
INSERT INTO projection (tenant, store, device, projector, version, stale)
SELECT $1, $2, $3, name, version, $6 FROM unnest($4::text[], $5::bigint[]) AS wanted (name, version);

-- name: lock_history
SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2 || '/' || $3, 0));

-- name: get_positions
-- One row with no projector where none was begun yet.
SELECT projector, projection.version, projection.done::text, projection.stale, projection.went_back, projection.epoch,
       projection.through, device.through AS goal, device.epochs::text,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(orphan.epoch, first_seq, last_seq)), '[]')::text
        FROM orphaned_stretch AS orphan
        WHERE orphan.tenant = $1 AND orphan.store = $2 AND orphan.device = $3) AS orphans,
       EXISTS (SELECT FROM archived_stretch AS away
               WHERE away.tenant = $1 AND away.store = $2 AND away.device = $3) AS archived
FROM device LEFT JOIN projection ON projection.tenant = device.tenant AND projection.store = device.store
    AND projection.device = device.device AND projector = ANY ($4::text[])
WHERE device.tenant = $1 AND device.store = $2 AND device.device = $3;

-- name: begin_again
UPDATE projection SET version = $5, epoch = 0, through = 0, done = '{}', stale = false, went_back = false, waiting = NULL
WHERE tenant = $1 AND store = $2 AND device = $3 AND projector = $4;

-- name: forget_quarantine
DELETE FROM quarantine WHERE tenant = $1 AND store = $2 AND device = $3 AND projector = $4;

-- name: get_rows
SELECT epoch, seq, command_id, n, command_hash, register, actor, surface, business_date, at_us, mono_us,
       boot_id, clock, type, version, body, prev, hash
FROM journal
WHERE tenant = $1 AND store = $2 AND device = $3 AND epoch = $4 AND seq BETWEEN $5 AND $6 AND type = ANY ($7::text[])
ORDER BY seq
LIMIT $8;

-- name: get_repeated
-- Those of these commands' rows that stand among the orphans of earlier epochs.
SELECT command_id, n
FROM orphaned_stretch AS orphan
JOIN journal AS row USING (tenant, store, device, epoch)
WHERE orphan.tenant = $1 AND orphan.store = $2 AND orphan.device = $3 AND orphan.epoch < $4
  AND row.seq BETWEEN orphan.first_seq AND orphan.last_seq AND row.command_id = ANY ($5::bytea[]);

-- name: move_on
UPDATE projection SET epoch = $5, through = $6, done = $7::text::jsonb, went_back = false
WHERE tenant = $1 AND store = $2 AND device = $3 AND projector = ANY ($4::text[]);

-- name: wait
UPDATE projection SET waiting = $5
WHERE tenant = $1 AND store = $2 AND device = $3 AND projector = $4;

-- name: quarantine
INSERT INTO quarantine (tenant, store, device, projector, epoch, seq, reason, release)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING;

-- name: try_again_what_an_older_release_could_not
UPDATE projection SET stale = true
WHERE projector = ANY ($1::text[]) AND NOT stale AND EXISTS (
    SELECT FROM quarantine AS bad
    WHERE bad.tenant = projection.tenant AND bad.store = projection.store AND bad.device = projection.device
        AND bad.projector = projection.projector AND bad.release < $2
);

-- name: get_behind
-- $2: each projector as name/version
SELECT tenant, store, device
FROM device
WHERE cardinality($1::text[]) > (
    SELECT count(*)
    FROM projection
    WHERE projection.tenant = device.tenant AND projection.store = device.store
        AND projection.device = device.device AND projector = ANY ($1::text[])
        AND (waiting IS NOT NULL OR NOT stale AND NOT went_back AND projector || '/' || version = ANY ($2::text[])
            AND (projection.epoch, projection.through) >= (device.epoch, device.through))
)
LIMIT $3;
