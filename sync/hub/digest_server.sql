-- name: get_history
SELECT through, epochs::text,
       (SELECT coalesce(max(last_seq), 0) + 1 FROM archived_stretch AS a
        WHERE a.tenant = $1 AND a.store = $2 AND a.device = $3)
FROM device
WHERE tenant = $1 AND store = $2 AND device = $3;

-- A row is hashed as sync.wire.row_hash does; one whose own hash is another counts as empty, so that its range differs.
-- name: get_digests
SELECT (seq - $7) / $8 AS range, sha256(string_agg(CASE WHEN made = hash THEN made ELSE '' END, '' ORDER BY seq))
FROM (
    SELECT seq, hash, sha256(
        int8send(epoch) || int8send(seq) || int8send(n) || int8send(at_us) || int8send(mono_us) || int8send(version)
        || int4send(length(command_id)) || int4send(length(command_hash)) || int4send(octet_length(register))
        || int4send(octet_length(actor)) || int4send(octet_length(surface)) || int4send(octet_length(business_date))
        || int4send(length(boot_id)) || int4send(octet_length(clock)) || int4send(octet_length(type))
        || int4send(length(body)) || int4send(length(prev))
        || command_id || command_hash || convert_to(register, 'UTF8') || convert_to(actor, 'UTF8')
        || convert_to(surface, 'UTF8') || convert_to(business_date, 'UTF8') || boot_id || convert_to(clock, 'UTF8')
        || convert_to(type, 'UTF8') || body || prev
    ) AS made
    FROM unnest($4::bigint[], $5::bigint[], $6::bigint[]) AS span (of_epoch, first, last)
    JOIN journal ON epoch = of_epoch AND seq BETWEEN first AND last
    WHERE tenant = $1 AND store = $2 AND device = $3
) AS row
GROUP BY 1
ORDER BY 1;
