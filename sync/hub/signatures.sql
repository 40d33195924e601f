-- name: get_bodies
SELECT version, kind, body, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
FROM directive
WHERE tenant = $1 AND store = $2 AND version > $3
ORDER BY version
LIMIT $4;

-- name: sign
UPDATE directive SET made_us = $4, expires_us = $5, signature = $6
WHERE tenant = $1 AND store = $2 AND version = $3;
