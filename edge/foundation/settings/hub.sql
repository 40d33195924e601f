-- What holds of every setting in every box; what another box of the tenant knows and this one does not stands there as
-- unknown. Joined by tenant, so that Citus asks one machine.
CREATE OR REPLACE VIEW setting_seen WITH (security_invoker = true) AS
SELECT box.tenant, box.store, box.device, box.name, held.name IS NOT NULL AS known, held.value, held.filed, held.said_by,
       held.since, box.told_at
FROM (
    SELECT boxes.tenant, boxes.store, boxes.device, boxes.told_at, names.name
    FROM (SELECT tenant, store, device, max(told_at) AS told_at FROM setting_in_force GROUP BY tenant, store, device) AS boxes,
         (SELECT DISTINCT tenant, name FROM setting_in_force WHERE name NOT LIKE 'secret.%') AS names
    WHERE names.tenant = boxes.tenant
    UNION
    SELECT tenant, store, device, told_at, name FROM setting_in_force
) AS box
LEFT JOIN setting_in_force AS held
    ON held.tenant = box.tenant AND held.store = box.store AND held.device = box.device AND held.name = box.name;
COMMENT ON VIEW setting_seen IS 'Effective value of every setting on each box, with its source.';
COMMENT ON COLUMN setting_seen.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN setting_seen.store IS 'The store.';
COMMENT ON COLUMN setting_seen.device IS 'The box.';
COMMENT ON COLUMN setting_seen.name IS 'Setting name, as in config.toml; secret.NAME of a secret.';
COMMENT ON COLUMN setting_seen.known IS 'Whether the version of the box knows it.';
COMMENT ON COLUMN setting_seen.value IS 'Effective value; of a secret set or unset.';
COMMENT ON COLUMN setting_seen.filed IS 'Value in config.toml.';
COMMENT ON COLUMN setting_seen.said_by IS 'Source of the value: config.toml, manager or head office.';
COMMENT ON COLUMN setting_seen.since IS 'Time it took effect; NULL: not changed from config.toml.';
COMMENT ON COLUMN setting_seen.told_at IS 'Time the box last reported all settings.';
