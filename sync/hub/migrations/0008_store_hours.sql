-- When a store is open, and in which ring of a roll-out it is.
ALTER TABLE store_record ADD COLUMN hours text NOT NULL DEFAULT '';
ALTER TABLE store_record ADD COLUMN ring text NOT NULL DEFAULT ''
    CHECK (ring IN ('', 'canary', 'early', 'rest'));
COMMENT ON COLUMN store_record.hours IS 'When it is open, as Mo-Fr 08:00-20:00; empty: not said.';
COMMENT ON COLUMN store_record.ring IS 'In which ring it gets what goes out in waves: canary, early or rest; empty: as it comes.';

CREATE OR REPLACE VIEW store_of_tenant WITH (security_invoker = true) AS
SELECT tenant, store, name, address, country, province, zone, language, currency, licence, licence_ends, store_group,
       state, true AS kept, changed_at,
       (SELECT count(*) FROM device WHERE device.tenant = store_record.tenant AND device.store = store_record.store) AS boxes,
       hours, ring
FROM store_record
UNION ALL
SELECT tenant, store, '', '', '', '', '', '', '', '', NULL, '', 'open', false, max(changed_at), count(*), '', ''
FROM device
WHERE NOT EXISTS (
    SELECT FROM store_record WHERE store_record.tenant = device.tenant AND store_record.store = device.store)
GROUP BY tenant, store;
