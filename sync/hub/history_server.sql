-- name: get_history
SELECT through, through_hash, epochs::text
FROM device
WHERE tenant = $1 AND store = $2 AND device = $3;

-- name: get_rows
SELECT epoch, seq, command_id, n, command_hash, register, actor, surface, business_date, at_us, mono_us,
       boot_id, clock, type, version, body, prev, hash
FROM journal
WHERE tenant = $1 AND store = $2 AND device = $3 AND epoch = $4 AND seq BETWEEN $5 AND $6
ORDER BY seq;

-- name: last_of_epoch
SELECT last_seq FROM acknowledged_stretch WHERE tenant = $1 AND store = $2 AND device = $3 AND epoch = $4;
