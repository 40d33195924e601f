-- name: lock_device
SELECT through_hash, through, epochs::text, stored, stopped_epoch, stopped_code, stopped_text, applied, app, barred
FROM device
WHERE tenant = $1 AND store = $2 AND device = $3
FOR UPDATE;

-- name: bar
-- Shown at once as what a box that speaks is told (`machine.barred`), and no more once it is let in.
UPDATE device
SET barred = $4,
    stopped_epoch = CASE WHEN $4 <> '' THEN epoch END,
    stopped_code = CASE WHEN $4 <> '' THEN 'fenced' END,
    stopped_text = CASE WHEN $4 <> '' THEN 'Head office has fenced this box: ' || $4 || '.' END,
    stopped_at = now() + CASE WHEN $4 <> '' THEN interval '0' END  -- Citus takes no now() within CASE
WHERE tenant = $1 AND store = $2 AND device = $3 RETURNING epoch;

-- name: add_device
INSERT INTO device (tenant, store, device, through_hash)
VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
RETURNING through_hash, through, epochs::text, stored, stopped_epoch, stopped_code, stopped_text, applied, app, barred;

-- name: save_device
-- What a hello said ($10 to $13) is NULL where it is as it was.
UPDATE device
SET through = $4, through_hash = $5, stored = $6,
    stopped_epoch = $7, stopped_code = $8, stopped_text = $9,
    stopped_at = least(now(), CASE WHEN stopped_code = $8 THEN stopped_at END)  -- Citus takes no now() within CASE
        + CASE WHEN $8::text IS NOT NULL THEN interval '0' END,
    epoch = coalesce($10, epoch), epochs = coalesce($11::text::jsonb, epochs),
    applied = coalesce($12, applied), app = coalesce($13, app),
    changed_at = now(), heard_at = now()
WHERE tenant = $1 AND store = $2 AND device = $3;

-- name: get_links
SELECT epoch, seq, prev, hash
FROM journal
WHERE tenant = $1 AND store = $2 AND device = $3 AND epoch = $4 AND seq BETWEEN $5 AND $6
ORDER BY seq
LIMIT $7;

-- name: heard
UPDATE device SET heard_at = now()
WHERE tenant = $1 AND store = $2 AND device = $3;

-- name: pulled
-- What a fenced box has applied, or one whose place another has (its epoch is an older one), says nothing.
UPDATE device SET applied = CASE WHEN barred = '' AND ($5::bigint = 0 OR $5 >= epoch) THEN $4 ELSE applied END,
    heard_at = now()
WHERE tenant = $1 AND store = $2 AND device = $3 RETURNING epoch, barred, through;

-- name: get_directives
-- As many as a message of $5 bytes holds, each with $6 beside its body, and one in any case: a body that does not fit is
-- not read (its length stands beside it), or who takes fifty pulls would have each of them read fifty times. Those of a
-- suspended tenant wait, in order.
SELECT version, kind, body, made_us, expires_us, signature
FROM (
    SELECT version, kind, body, made_us, expires_us, signature, row_number() OVER in_order AS place,
           sum(length(body) + $6::bigint) OVER in_order AS bytes
    FROM (
        SELECT version, kind, body, made_us, expires_us, signature FROM directive
        WHERE tenant = $1 AND store = $2 AND version > $3
            AND NOT EXISTS (SELECT FROM tenant_record WHERE tenant_record.tenant = $1 AND state <> 'active')
        ORDER BY version
        LIMIT $4
    ) AS next
    WINDOW in_order AS (ORDER BY version)
) AS counted
WHERE place = 1 OR bytes <= $5::bigint
ORDER BY version;

-- name: box_keys
SELECT public
FROM box_key
JOIN device USING (tenant, store, device)
WHERE box_key.tenant = $1 AND box_key.store = $2 AND barred = ''
ORDER BY device
LIMIT 64;

-- name: next_versions
-- The last of $3 in a row, of which the first is the clock's microseconds, or one more than the last: a hub that was
-- restored from a backup has forgotten the newest directives, and their numbers, which stores have applied, must not
-- come again.
INSERT INTO directive_head AS head (tenant, store, version)
VALUES ($1, $2, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + $3::bigint - 1)
ON CONFLICT (tenant, store) DO UPDATE SET version = greatest(head.version + $3::bigint, excluded.version)
RETURNING version;

-- name: add_directive
INSERT INTO directive (tenant, store, version, kind, body, request, made_us, expires_us, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: clock
-- The clock that numbers directives, in microseconds.
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- name: find_requests
SELECT request, version FROM directive WHERE tenant = $1 AND store = $2 AND request = ANY ($3);

-- name: devices_of_store
SELECT tenant, store, device FROM device WHERE tenant = $1 AND store = $2 ORDER BY device;

-- name: lock_history
SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2 || '/' || $3, 0));

-- name: orphan
INSERT INTO orphaned_stretch AS known (tenant, store, device, epoch, first_seq, last_seq, left_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, store, device, epoch, first_seq) DO UPDATE
SET last_seq = greatest(known.last_seq, excluded.last_seq), left_by = excluded.left_by, left_at = excluded.left_at;

-- name: get_orphans
-- With the last row of each that is a fact of the shop: who has that has all of them.
SELECT orphan.epoch, first_seq, last_seq, last.command_id, last.n, first.at_us, last.at_us
FROM orphaned_stretch AS orphan
JOIN LATERAL (
    SELECT command_id, n, at_us FROM journal AS row
    WHERE row.tenant = $1 AND row.store = $2 AND row.device = $3 AND row.epoch = orphan.epoch
        AND seq BETWEEN first_seq AND last_seq AND type <> $4
    ORDER BY seq DESC LIMIT 1
) AS last ON true
JOIN LATERAL (
    SELECT at_us FROM journal AS row
    WHERE row.tenant = $1 AND row.store = $2 AND row.device = $3 AND row.epoch = orphan.epoch
        AND seq BETWEEN first_seq AND last_seq AND type <> $4
    ORDER BY seq LIMIT 1
) AS first ON true
WHERE orphan.tenant = $1 AND orphan.store = $2 AND orphan.device = $3
ORDER BY orphan.epoch DESC, first_seq DESC
LIMIT $5;

-- name: projections_went_back
UPDATE projection SET went_back = true
WHERE tenant = $1 AND store = $2 AND device = $3 AND through > $4;
