-- name: get_page
SELECT tenant, store, device, projector, epoch, seq, type, version, reason, quarantined_at, body
FROM quarantined
WHERE ($1::text IS NULL OR tenant = $1) AND ($2::text IS NULL OR store = $2) AND ($3::text IS NULL OR device = $3)
  AND (tenant, store, device, projector, epoch, seq) > ($4, $5, $6, $7, $8, $9)
ORDER BY tenant, store, device, projector, epoch, seq
LIMIT $10;

-- name: count
SELECT count(*)
FROM quarantine
WHERE ($1::text IS NULL OR tenant = $1) AND ($2::text IS NULL OR store = $2) AND ($3::text IS NULL OR device = $3);

-- name: retry
UPDATE projection SET stale = true
WHERE ($1::text IS NULL OR tenant = $1) AND ($2::text IS NULL OR store = $2) AND ($3::text IS NULL OR device = $3)
  AND EXISTS (
    SELECT FROM quarantine AS bad
    WHERE bad.tenant = projection.tenant AND bad.store = projection.store AND bad.device = projection.device
        AND bad.projector = projection.projector
)
RETURNING tenant, store, device, projector, EXISTS (
    SELECT FROM archived_stretch AS away
    WHERE away.tenant = projection.tenant AND away.store = projection.store AND away.device = projection.device
) AS archived;
