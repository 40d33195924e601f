-- Why a person fenced this device: nothing of it is taken until a person lets it in again.
ALTER TABLE device ADD COLUMN barred text NOT NULL DEFAULT '';

-- As in 0003, with `behind` counted: the numbers of directives are no longer without gaps.
CREATE OR REPLACE VIEW fleet WITH (security_invoker = true) AS
SELECT tenant, store, device, app, heard_at, epoch, through, changed_at AS moved_at,
       applied,
       (SELECT count(*) FROM directive
        WHERE directive.tenant = device.tenant AND directive.store = device.store
            AND directive.version > device.applied) AS behind,
       stopped_code, stopped_text, stopped_at,
       (SELECT count(*) FROM quarantine AS bad
        WHERE bad.tenant = device.tenant AND bad.store = device.store AND bad.device = device.device) AS quarantined,
       (SELECT min(projection.through) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS projected,
       (SELECT min(waiting) FROM projection
        WHERE projection.tenant = device.tenant AND projection.store = device.store
            AND projection.device = device.device) AS waiting
FROM device;
