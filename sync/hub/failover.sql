-- name: server
-- The timeline in which it writes now: that of its last checkpoint follows minutes behind a promotion.
SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || CASE
           WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
           ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
       END AS now,
       (SELECT name FROM server) AS before;

-- name: note_server
INSERT INTO server (name) VALUES ($1) ON CONFLICT (one) DO UPDATE SET name = excluded.name;

-- name: page_of_devices
SELECT tenant, store, device, epoch, through
FROM device
WHERE (tenant, store, device) > ($1, $2, $3)
ORDER BY tenant, store, device
LIMIT $4;
