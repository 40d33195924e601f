-- A program of head office that asks again, because it heard no answer, publishes once.
ALTER TABLE directive ADD COLUMN request text;
CREATE UNIQUE INDEX directive_by_request ON directive (tenant, store, request) WHERE request IS NOT NULL;

-- Every device as head office sees it. `behind` is what is published and not applied yet.
CREATE VIEW fleet WITH (security_invoker = true) AS
SELECT tenant, store, device, app, heard_at, epoch, through, changed_at AS moved_at,
       applied, coalesce(head.version, 0) - applied AS behind,
       stopped_code, stopped_text, stopped_at,
       (SELECT count(*) FROM quarantine AS bad
        WHERE bad.tenant = device.tenant AND bad.store = device.store AND bad.device = device.device) AS quarantined,
       (SELECT min(projection.through) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS projected,
       (SELECT min(waiting) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS waiting
FROM device LEFT JOIN directive_head AS head USING (tenant, store);

CALL protect_tables();
