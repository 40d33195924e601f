-- name: server
SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || timeline_id AS now,
       (SELECT name FROM server) AS before
FROM pg_control_checkpoint();

-- name: note_server
INSERT INTO server (name) VALUES ($1) ON CONFLICT (one) DO UPDATE SET name = excluded.name;

-- name: page_of_devices
SELECT tenant, store, device, epoch, through
FROM device
WHERE (tenant, store, device) > ($1, $2, $3)
ORDER BY tenant, store, device
LIMIT $4;
